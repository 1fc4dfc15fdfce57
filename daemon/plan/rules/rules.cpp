#include "daemon/plan/rules/rules.hpp"

#include <algorithm>
#include <array>

namespace kvmtune::plan {

namespace {

using Rule = Proposal (*)(const Situation &);
using PlacedRule = Proposal (*)(const Situation &, const Placement &);

constexpr std::array rules_of_situation = {
    rules::definitions,    rules::modules,       rules::host_sysctls, rules::bridge_netfilter,
    rules::nics,           rules::segments,      rules::disks,        rules::agent_channel,
    rules::guest_channels, rules::guest_sysctls, rules::guest_rings,  rules::chipset,
};
constexpr std::array rules_of_placement = {rules::cpu_owners,  rules::pins,      rules::affinities,  rules::iothreads,
                                           rules::guest_cells, rules::cpu_model, rules::moved_memory};

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
    const Placement placement = placement_of(ordered);
    Desired all;
    const auto take = [&](Proposal proposal) {
        for (Wish &wish : proposal.wishes) all.add(std::move(wish));
        all.findings.insert(all.findings.end(), proposal.findings.begin(), proposal.findings.end());
    };
    for (const Rule rule : rules_of_situation) take(rule(ordered));
    for (const PlacedRule rule : rules_of_placement) take(rule(ordered, placement));
    const HugePagePlan pages = huge_page_plan(ordered, placement);
    take(rules::huge_pages(ordered, pages));
    take(rules::memory_nodes(ordered, placement, pages));
    rules::after_memory(all, ordered);
    return consented(all, ordered);
}

}  // namespace kvmtune::plan
