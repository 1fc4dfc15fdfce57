#include <algorithm>

#include "daemon/plan/rules/rules.hpp"

namespace kvmtune::plan::rules {

Proposal guest_channels(const Situation &situation) {
    Proposal proposal;
    for (const DomainSituation &domain : situation.domains) {
        if (!domain.guest || !wants(domain, "queues")) continue;
        for (const GuestNic &nic : domain.guest->nics) {
            const unsigned most = nic.channels_max.value_or(1);
            if (most < 2 || domain.guest->cpus == 0 || !is_alone(nic, domain.guest->nics)) continue;
            proposal.wishes.push_back({{TargetKind::knob, domain.facts.uuid, "nic/" + nic.mac + "/channels"},
                                       std::to_string(std::min(most, domain.guest->cpus)),
                                       "channels: all of " + std::to_string(most) +
                                           " queues, at most one per CPU of the guest, which has " +
                                           std::to_string(domain.guest->cpus) + " (" + domain.policy->source + ")",
                                       Disruption::link,
                                       {}});
        }
    }
    return proposal;
}

}  // namespace kvmtune::plan::rules
