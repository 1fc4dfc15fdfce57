// <driver> of virtio NICs: packets are moved by vhost, in a queue per vCPU, through a receive ring that takes bursts.
#include "daemon/plan/queues.hpp"
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

std::string because_of_queues(const DomainSituation &domain) {
    const DomainPolicy &policy = *domain.policy;
    if (policy.queues) return "queues: the policy's number (" + policy.source + ")";
    return "queues: one per vCPU, " + std::to_string(domain.facts.vcpus) + " vCPUs, at most 8 (" + policy.source + ")";
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

void add_queues(Proposal &proposal, const DomainSituation &domain, const NicFacts &nic) {
    add_attribute(proposal, domain, nic,
                  {"queues", queues_for(domain.facts, *domain.policy), nic.queues, 1, because_of_queues(domain)});
}

void add_ring(Proposal &proposal, const DomainSituation &domain, const NicFacts &nic) {
    add_attribute(proposal, domain, nic,
                  {"rx_queue_size", rx_queue_size_for(*domain.policy), nic.rx_queue_size, 256,
                   "rings: room for bursts of packets on their way in (" + domain.policy->source + ")"});
}

/// Why nothing of its driver is ours to write, whatever the policy.
std::optional<std::string> reason_against(const NicFacts &nic, const DomainFacts &domain, const HostFacts &host) {
    if (auto reason = reason_to_leave_alone(nic, domain)) return reason;
    for (const NetworkFacts &network : host.networks)
        if (!nic.network.empty() && network.name == nic.network && network.forward == "hostdev")
            return "its network " + network.name + " hands out devices of the host, which have no tap device";
    return std::nullopt;
}

void propose(Proposal &proposal, const DomainSituation &domain, const NicFacts &nic, const Backing &backing) {
    if (wants(domain, "queues")) {
        add_vhost(proposal, domain, nic, backing);
        add_queues(proposal, domain, nic);
    }
    if (wants(domain, "rx_queue_size")) add_ring(proposal, domain, nic);
}

}  // namespace

Proposal nics(const Situation &situation) {
    const Backing backing = backing_of(situation);
    Proposal proposal;
    for (const DomainSituation &domain : situation.domains) {
        if (!rewritable(domain) || (!wants(domain, "queues") && !wants(domain, "rx_queue_size"))) continue;
        for (const NicFacts &nic : domain.facts.nics) {
            if (const auto reason = reason_against(nic, domain.facts, situation.host))
                proposal.findings.push_back({domain.facts.name, "interface " + nic.mac + " is left alone: " + *reason});
            else
                propose(proposal, domain, nic, backing);
        }
    }
    return proposal;
}

}  // namespace kvmtune::plan::rules
