#include "daemon/plan/rules/rules.hpp"

namespace kvmtune::plan::rules {

namespace {

std::string reason_not_to_rewrite(const DomainSituation &domain) {
    if (!domain.persistent) return "it is transient and has no definition: only what runs is tuned";
    if (domain.failed_schema)
        return "its definition is not by libvirt's schema, and defining it again might lose parts of it: it stays as "
               "it is";
    return "";
}

}  // namespace

Proposal definitions(const Situation &situation) {
    Proposal proposal;
    for (const DomainSituation &domain : situation.domains) {
        if (!domain.policy) continue;
        const std::string reason = reason_not_to_rewrite(domain);
        if (!reason.empty()) proposal.findings.push_back({domain.facts.name, reason});
        if (wants(domain, "cpus") && domain.policy->cpus == CpuPolicy::dedicated && domain.facts.automatic_placement)
            proposal.findings.push_back(
                {domain.facts.name, "placement='auto' leaves its CPUs to numad: nothing is pinned"});
    }
    return proposal;
}

}  // namespace kvmtune::plan::rules
