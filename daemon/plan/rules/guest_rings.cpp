// Rings of NICs inside guests: only raised, up to what the device takes and no further than the definition's. Where
// they cannot be resized (vhost-net of kernel 6.1) there is no wish, so that nothing stays open; the definition's
// rx_queue_size is the way there. A kernel may refuse although its device can: then the rings fail alone, once, for the
// agent remembers it, and nothing else that the guest was given is undone.
#include <algorithm>

#include "daemon/plan/queues.hpp"
#include "daemon/plan/rings.hpp"
#include "daemon/plan/rules/rules.hpp"

namespace kvmtune::plan::rules {

namespace {

/// One ring of a NIC, as the guest has it.
struct Present {
    const char *name;
    std::optional<unsigned> now;
    std::optional<unsigned> max;
};

void add_nic(Proposal &proposal, const DomainSituation &domain, const GuestNic &nic, unsigned wanted) {
    std::vector<Wish> wishes;
    for (const Present &ring : {Present{"rx", nic.rx_ring, nic.rx_ring_max}, {"tx", nic.tx_ring, nic.tx_ring_max}}) {
        if (!ring.now || !ring.max) continue;
        const unsigned entries = std::min(wanted, *ring.max);
        if (entries <= *ring.now) continue;
        wishes.push_back({{TargetKind::knob, domain.facts.uuid, "nic/" + nic.mac + "/rings/" + ring.name},
                          std::to_string(entries),
                          std::string("rings: ") + ring.name + " raised from " + std::to_string(*ring.now) +
                              ", wanted are " + std::to_string(wanted) + ", the device takes " +
                              std::to_string(*ring.max) + " (" + domain.policy->source + ")",
                          Disruption::link,
                          {},
                          false,
                          "the rings of " + domain.facts.name + "'s NIC " + nic.mac});
    }
    if (wishes.empty()) return;
    if (nic.rings_fixed.empty()) {
        proposal.wishes.insert(proposal.wishes.end(), wishes.begin(), wishes.end());
    } else {
        proposal.findings.push_back(
            {domain.facts.name, "the rings of its guest's NIC " + nic.mac + " stay as they are: " + nic.rings_fixed});
    }
}

}  // namespace

Proposal guest_rings(const Situation &situation) {
    const QueueRoom room = queue_room(situation.host, situation.policy.host);
    Proposal proposal;
    for (const DomainSituation &domain : situation.domains) {
        if (!domain.guest || !wants(domain, "rx_queue_size")) continue;
        const unsigned queues = guest_queues(domain.facts, *domain.policy, room).all();
        const unsigned wanted = rx_queue_size_for(domain.facts, *domain.policy, queues);
        for (const GuestNic &nic : domain.guest->nics) {
            if (is_alone(nic, domain.guest->nics)) add_nic(proposal, domain, nic, wanted);
        }
    }
    return proposal;
}

}  // namespace kvmtune::plan::rules
