#include "daemon/plan/rules/rules.hpp"

#include <algorithm>
#include <array>

namespace kvmtune::plan {

namespace {

using Rule = Proposal (*)(const Situation &);

constexpr std::array<Rule, 9> all_rules = {
    rules::definitions, rules::modules,       rules::host_sysctls,   rules::pins,          rules::affinities,
    rules::nics,        rules::agent_channel, rules::guest_channels, rules::guest_sysctls,
};

/// The same situation whatever the order in which its domains were read.
Situation in_order(Situation situation) {
    std::stable_sort(
        situation.domains.begin(), situation.domains.end(),
        [](const DomainSituation &left, const DomainSituation &right) { return left.facts.uuid < right.facts.uuid; });
    return situation;
}

}  // namespace

Desired desired(const Situation &situation) {
    const Situation ordered = in_order(situation);
    Desired all;
    for (const Rule rule : all_rules) {
        Proposal proposal = rule(ordered);
        for (Wish &wish : proposal.wishes) all.add(std::move(wish));
        all.findings.insert(all.findings.end(), proposal.findings.begin(), proposal.findings.end());
    }
    return consented(all, ordered);
}

}  // namespace kvmtune::plan
