// Which domains of a situation want seats, and what the user has decided for them already.
#include <algorithm>

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

/// The workers of NICs that were plugged in and are in no definition: as many as they have queues.
void add_plugged_in(SeatRequest &request, const DomainSituation &domain) {
    const auto &defined = domain.facts.nics;
    for (const NicFacts &nic : domain.running_nics) {
        const bool is_defined =
            std::any_of(defined.begin(), defined.end(), [&](const NicFacts &other) { return other.mac == nic.mac; });
        if (is_defined || domain.facts.type != "kvm" || reason_to_leave_alone(nic, domain.facts)) continue;
        for (unsigned queue = 0; queue < std::min(nic.queues.value_or(1), most_queues); ++queue)
            request.queues.emplace_back(nic.mac, queue);
    }
}

SeatRequest request_of(const DomainSituation &domain, VhostNet vhost) {
    const DomainFacts &facts = domain.facts;
    SeatRequest request;
    request.uuid = facts.uuid;
    request.name = facts.name;
    request.vcpus = facts.vcpus;
    request.memory = facts.memory;
    request.shares = domain.policy->cpus == CpuPolicy::shared;
    request.memory_nodes = facts.memory_nodes;
    request.vhost_cpus = domain.policy->vhost_cpus;
    request.present = domain.present;
    if (!names(domain, "cpus")) add_pins_of_user(request, facts);
    for (const auto &[iothread, cpus] : facts.iothreadpins) request.iothreads = request.iothreads | cpus;
    if (vhost == VhostNet::missing) return request;
    request.queues = vhost_queues(facts, *domain.policy);
    add_plugged_in(request, domain);
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
