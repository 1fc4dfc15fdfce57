// <driver> of virtio NICs: packets are moved by vhost, in queues for the guest's vCPUs, through receive rings that take
// bursts. A NIC that keeps what it has without us gets no attribute: a finding has the reason where that is not plain.
#include "daemon/plan/queues.hpp"
#include "daemon/plan/rings.hpp"
#include "daemon/plan/rules/rules.hpp"

namespace kvmtune::plan::rules {

namespace {

/// How vhost stands on this host, and what a definition that asks for it needs in place first.
struct Backing {
    VhostNet vhost = VhostNet::missing;
    std::vector<Target> requires_first;
};

Backing backing_of(const Situation &situation) {
    Backing backing{vhost_net(situation), {}};
    if (backing.vhost != VhostNet::missing && situation.policy.host.profile == Profile::network)
        backing.requires_first.push_back({TargetKind::module, "", "vhost_net"});
    return backing;
}

/// A number that <driver> holds: what we would have there, and what the user wrote.
struct Attribute {
    std::string name;  ///< also the key of the policy section
    unsigned wished = 0;
    std::optional<unsigned> written;
    unsigned by_default = 0;  ///< what it is without the attribute
    std::string because;
};

Target element_of(const DomainSituation &domain, const NicFacts &nic, const std::string &attribute) {
    return {TargetKind::element, domain.facts.uuid, "interface/" + nic.mac + "/driver/" + attribute};
}

void add_vhost(Proposal &proposal, const DomainSituation &domain, const NicFacts &nic, const Backing &backing) {
    if (domain.facts.type != "kvm" || backing.vhost == VhostNet::missing) return;
    if (domain.policy->profile != Profile::network || nic.driver == "vhost") return;
    proposal.wishes.push_back(
        {element_of(domain, nic, "name"), "vhost",
         "vhost: packets are moved by kernel threads, not by QEMU (" + domain.policy->source + ")",
         backing.vhost == VhostNet::lasting ? Disruption::next_boot : Disruption::start_dependency,
         backing.requires_first});
}

/// What the NICs of one domain should have.
struct Derived {
    GuestQueues queues;
    GuestQueues if_named;  ///< queues, if the section named them: then the user's own would not count
    unsigned rx_queue_size = 0;
};

Derived derived_for(const DomainSituation &domain, const QueueRoom &room) {
    DomainPolicy naming = *domain.policy;
    naming.named.insert("queues");
    Derived derived{guest_queues(domain.facts, *domain.policy, room), guest_queues(domain.facts, naming, room)};
    derived.rx_queue_size = rx_queue_size_for(domain.facts, *domain.policy, derived.queues.all());
    return derived;
}

std::string because_of_queues(const DomainSituation &domain, const Derived &derived, unsigned number) {
    const DomainPolicy &policy = *domain.policy;
    const std::string terms =
        policy.queues ? "the policy's number" : std::to_string(number) + " for " + terms_of(derived.queues, policy);
    return "queues: " + terms + "; " + std::to_string(vectors_for(number)) + " MSI-X vectors (" + policy.source + ")";
}

std::string because_of_ring(const DomainSituation &domain, const Derived &derived) {
    const DomainPolicy &policy = *domain.policy;
    return std::string("rings: ") + (policy.rx_queue_size ? "the policy's size" : "room for bursts on their way in") +
           "; " + ring_terms(domain.facts, derived.rx_queue_size, derived.queues.all()) + " (" + policy.source + ")";
}

void add_attribute(Proposal &proposal, const DomainSituation &domain, const NicFacts &nic, const Attribute &attribute) {
    if (attribute.wished == attribute.written.value_or(attribute.by_default)) return;
    if (attribute.written && !names(domain, attribute.name)) {
        proposal.findings.push_back({domain.facts.name, "interface " + nic.mac + " keeps " + attribute.name + "='" +
                                                            std::to_string(*attribute.written) +
                                                            "': the user wrote it, and the policy section names no " +
                                                            attribute.name});
        return;
    }
    proposal.wishes.push_back({element_of(domain, nic, attribute.name),
                               std::to_string(attribute.wished),
                               attribute.because,
                               Disruption::next_boot,
                               {}});
}

void add_queues(Proposal &proposal, const DomainSituation &domain, const NicFacts &nic, const Derived &derived) {
    const auto &numbers = keeps_queues(nic, *domain.policy) ? derived.if_named : derived.queues;
    const unsigned number = numbers.number_of.at(nic.mac);
    add_attribute(proposal, domain, nic, {"queues", number, nic.queues, 1, because_of_queues(domain, derived, number)});
}

void add_ring(Proposal &proposal, const DomainSituation &domain, const NicFacts &nic, const Derived &derived) {
    add_attribute(
        proposal, domain, nic,
        {"rx_queue_size", derived.rx_queue_size, nic.rx_queue_size, smallest_ring, because_of_ring(domain, derived)});
}

void propose(Proposal &proposal, const DomainSituation &domain, const NicFacts &nic, const Backing &backing,
             const Derived &derived) {
    if (wants(domain, "queues")) {
        add_vhost(proposal, domain, nic, backing);
        add_queues(proposal, domain, nic, derived);
    }
    if (wants(domain, "rx_queue_size")) add_ring(proposal, domain, nic, derived);
}

/// The MAC addresses of NICs that may be tuned and to which this applies.
template <class Applies>
std::string macs_where(const DomainFacts &domain, const QueueRoom &room, Applies applies) {
    std::string macs;
    for (const NicFacts &nic : domain.nics)
        if (!reason_to_leave_alone(nic, domain, room) && applies(nic)) macs += (macs.empty() ? "" : ", ") + nic.mac;
    return macs;
}

/// Where nothing is to be written there is no wish that could say why.
void say_what_stays(Proposal &proposal, const DomainSituation &domain, const Derived &derived, const QueueRoom &room) {
    const auto say = [&](const std::string &what) { proposal.findings.push_back({domain.facts.name, what}); };
    const DomainPolicy &policy = *domain.policy;
    const auto with_one = macs_where(domain.facts, room, [&](const NicFacts &nic) {
        return !nic.queues && !policy.queues && derived.queues.number_of.at(nic.mac) == 1;
    });
    if (!with_one.empty() && wants(domain, "queues") && domain.facts.vcpus > 1)
        say("interface " + with_one + " has one queue: " + terms_of(derived.queues, policy) +
            "; queues of the section or of the definition's <driver> come before that");
    const auto with_small_ring = macs_where(domain.facts, room, [&](const NicFacts &nic) {
        return !nic.rx_queue_size && !policy.rx_queue_size && derived.rx_queue_size == smallest_ring;
    });
    if (!with_small_ring.empty() && wants(domain, "rx_queue_size"))
        say("interface " + with_small_ring + " has a receive ring of " + std::to_string(smallest_ring) + ": " +
            ring_terms(domain.facts, 2 * smallest_ring, derived.queues.all()) +
            "; rx_queue_size of the section comes before that");
}

}  // namespace

Proposal nics(const Situation &situation) {
    const Backing backing = backing_of(situation);
    const QueueRoom room = queue_room(situation.host, situation.policy.host);
    Proposal proposal;
    for (const DomainSituation &domain : situation.domains) {
        if (!rewritable(domain) || (!wants(domain, "queues") && !wants(domain, "rx_queue_size"))) continue;
        const Derived derived = derived_for(domain, room);
        for (const NicFacts &nic : domain.facts.nics) {
            if (const auto reason = reason_to_leave_alone(nic, domain.facts, room))
                proposal.findings.push_back({domain.facts.name, "interface " + nic.mac + " is left alone: " + *reason});
            else
                propose(proposal, domain, nic, backing, derived);
        }
        say_what_stays(proposal, domain, derived, room);
    }
    return proposal;
}

}  // namespace kvmtune::plan::rules
