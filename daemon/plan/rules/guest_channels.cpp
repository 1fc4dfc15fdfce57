#include <algorithm>

#include "daemon/plan/rules/rules.hpp"

namespace kvmtune::plan::rules {

namespace {

std::size_t nics_with(const std::string &mac, const GuestFacts &guest) {
    return static_cast<std::size_t>(
        std::count_if(guest.nics.begin(), guest.nics.end(), [&](const GuestNic &nic) { return nic.mac == mac; }));
}

}  // namespace

Proposal guest_channels(const Situation &situation) {
    Proposal proposal;
    for (const DomainSituation &domain : situation.domains) {
        if (!domain.guest || !wants(domain, "queues")) continue;
        for (const GuestNic &nic : domain.guest->nics) {
            const unsigned most = nic.channels_max.value_or(1);
            if (most < 2 || domain.guest->cpus == 0 || nics_with(nic.mac, *domain.guest) > 1) continue;
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
