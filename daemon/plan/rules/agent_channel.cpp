#include "daemon/plan/rules/rules.hpp"

namespace kvmtune::plan::rules {

Proposal agent_channel(const Situation &situation) {
    Proposal proposal;
    for (const DomainSituation &domain : situation.domains) {
        if (!rewritable(domain)) continue;
        if (domain.policy->profile == Profile::none && domain.policy->guest_sysctls.empty()) continue;
        proposal.wishes.push_back(
            {{TargetKind::element, domain.facts.uuid, "channel/org.kvmtune.agent.0"},
             "virtio",
             "agent: the guest's agent speaks through this channel (" + domain.policy->source + ")",
             Disruption::next_boot,
             {}});
    }
    return proposal;
}

}  // namespace kvmtune::plan::rules
