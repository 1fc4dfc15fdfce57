// The recipe's Q35. It is another machine to the guest, by consent alone; and where the guest might not survive it for
// what is in it, somebody has to name it.
#include "daemon/plan/rules/rules.hpp"

namespace kvmtune::plan::rules {

namespace {

constexpr const char *key = "machine";

Wish wish_for(const DomainSituation &domain) {
    return {machine_target(domain.facts.uuid),
            "q35",
            "chipset: PCI Express instead of " + (domain.converted ? "i440FX" : domain.facts.machine) +
                ", with new addresses for all PCI devices and SATA for IDE (" + domain.policy->source + ")",
            domain.converted ? Disruption::next_boot : Disruption::guest_abi,
            {}};
}

/// Why the guest keeps its chipset; empty: it need not.
std::string reason_to_keep(const DomainSituation &domain, bool described) {
    const ChipsetFacts &chipset = *domain.facts.i440fx;
    if (!chipset.obstacles.empty()) return chipset.obstacles.front();
    if (!chipset.doubts.empty() && !names(domain, key))
        return chipset.doubts.front() + "; machine = \"q35\" in its section says that it does not matter";
    return described ? "" : "a definition in use is not converted yet, `kvmtune rewrite` converts a document";
}

}  // namespace

Proposal chipset(const Situation &situation) {
    Proposal proposal;
    for (const DomainSituation &domain : situation.domains) {
        if (!rewritable(domain) || !wants(domain, key) || !domain.policy->q35) continue;
        if (domain.converted && !domain.facts.i440fx) proposal.wishes.push_back(wish_for(domain));
        if (!domain.facts.i440fx) continue;
        const std::string reason = reason_to_keep(domain, situation.host.described);
        if (reason.empty()) proposal.wishes.push_back(wish_for(domain));
        if (!allows(domain, Disruption::guest_abi)) continue;
        if (!reason.empty()) proposal.findings.push_back({domain.facts.name, "its chipset stays i440FX: " + reason});
        if (reason.empty())
            for (const std::string &demand : domain.facts.i440fx->demands)
                proposal.findings.push_back({domain.facts.name, "it gets Q35: " + demand});
    }
    return proposal;
}

}  // namespace kvmtune::plan::rules
