// Which domains of a situation want seats, and what the user has decided for them already.
#include "daemon/plan/placement/placement.hpp"
#include "daemon/plan/queues.hpp"

namespace kvmtune::plan {

namespace {

/// The user's own pins count where the section does not name cpus.
void add_pins_of_user(SeatRequest &request, const DomainFacts &facts) {
    for (const auto &[vcpu, cpus] : facts.vcpupins)
        if (vcpu < facts.vcpus) request.pins[vcpu] = cpus;
    request.emulator = facts.emulatorpin;
    request.within = facts.vcpu_cpuset;
}

SeatRequest request_of(const DomainSituation &domain, VhostNet vhost) {
    const DomainFacts &facts = domain.facts;
    SeatRequest request;
    request.uuid = facts.uuid;
    request.name = facts.name;
    request.vcpus = facts.vcpus;
    request.memory = facts.memory;
    request.memory_nodes = facts.memory_nodes;
    request.vhost_cpus = domain.policy->vhost_cpus;
    request.present = domain.present;
    if (!names(domain, "cpus")) add_pins_of_user(request, facts);
    for (const auto &[iothread, cpus] : facts.iothreadpins) request.iothreads = request.iothreads | cpus;
    if (vhost != VhostNet::missing) request.queues = vhost_queues(facts, *domain.policy);
    return request;
}

}  // namespace

Placement placement_of(const Situation &situation) {
    const Topology &topology = situation.host.topology;
    std::vector<SeatRequest> requests;
    for (const DomainSituation &domain : situation.domains)
        if (wants_cpus(domain)) requests.push_back(request_of(domain, vhost_net(situation)));
    return placement_for(topology, ledger_of(situation),
                         housekeeping_cpus(topology, situation.policy.host.housekeeping), requests);
}

}  // namespace kvmtune::plan
