// iothreads sit with the emulator's own work, on housekeeping CPUs of the guest's node: a vCPU's CPU is never theirs.
// Those of a running domain are moved at once; one that its definition has and the run lacks is not there to be moved.
#include "daemon/plan/rules/rules.hpp"

namespace kvmtune::plan::rules {

namespace {

/// Housekeeping CPUs of the seat's nodes (all of them if those have none), without those that the user gave a vCPU.
CpuSet cpus_for(const DomainFacts &domain, const Seat &seat, const Topology &topology, const CpuSet &housekeeping) {
    CpuSet near;
    for (const unsigned index : seat.nodes)
        if (const Node *const node = topology.node(index)) near = near | (housekeeping & node->cpus);
    CpuSet cpus = near.empty() ? housekeeping : near;
    for (const auto &[vcpu, pinned] : domain.vcpupins) cpus = cpus - pinned;
    for (const auto &[vcpu, pinned] : seat.vcpus) cpus = cpus - pinned;
    return cpus;
}

void propose(Proposal &proposal, const DomainSituation &domain, const CpuSet &cpus) {
    const auto add = [&](TargetKind kind, const std::string &name, Disruption disruption) {
        proposal.wishes.push_back(
            {{kind, domain.facts.uuid, name},
             cpus.text(),
             "iothreads: the node's housekeeping CPUs, which no vCPU has (" + domain.policy->source + ")",
             disruption,
             {}});
    };
    for (const unsigned iothread : domain.facts.iothreads) {
        if (domain.facts.iothreadpins.count(iothread) != 0 && !names(domain, "cpus")) continue;
        const std::string id = std::to_string(iothread);
        if (rewritable(domain)) add(TargetKind::element, "cputune/iothreadpin/" + id, Disruption::next_boot);
        if (domain.running) add(TargetKind::affinity, "iothread/" + id, Disruption::live);
    }
}

}  // namespace

Proposal iothreads(const Situation &situation, const Placement &placement) {
    const Topology &topology = situation.host.topology;
    const CpuSet housekeeping = housekeeping_cpus(situation);
    Proposal proposal;
    for (const DomainSituation &domain : situation.domains) {
        const Seat *const seat = placement.seat_of(domain.facts.uuid);
        if (!wants_cpus(domain) || seat == nullptr) continue;
        const CpuSet cpus = cpus_for(domain.facts, *seat, topology, housekeeping);
        if (!cpus.empty()) propose(proposal, domain, cpus);
    }
    return proposal;
}

}  // namespace kvmtune::plan::rules
