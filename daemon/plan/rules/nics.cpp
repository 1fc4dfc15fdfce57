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

/// One queue is the default and needs no attribute, unless the user wrote another number.
void add_queues(Proposal &proposal, const DomainSituation &domain, const NicFacts &nic) {
    const unsigned queues = queues_for(domain.facts, *domain.policy);
    if (queues == nic.queues.value_or(1)) return;
    proposal.wishes.push_back({element_of(domain, nic, "queues"),
                               std::to_string(queues),
                               because_of_queues(domain),
                               Disruption::next_boot,
                               {}});
}

}  // namespace

Proposal nics(const Situation &situation) {
    const Backing backing = backing_of(situation);
    Proposal proposal;
    for (const DomainSituation &domain : situation.domains) {
        if (!rewritable(domain) || !wants(domain, "queues")) continue;
        for (const NicFacts &nic : domain.facts.nics) {
            if (const auto reason = reason_to_leave_alone(nic, domain.facts, *domain.policy)) {
                proposal.findings.push_back({domain.facts.name, "interface " + nic.mac + " is left alone: " + *reason});
                continue;
            }
            add_vhost(proposal, domain, nic, backing);
            add_queues(proposal, domain, nic);
        }
    }
    return proposal;
}

}  // namespace kvmtune::plan::rules
