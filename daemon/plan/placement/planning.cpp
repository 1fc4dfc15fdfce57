#include "daemon/plan/placement/planning.hpp"

#include <algorithm>
#include <utility>

#include "daemon/plan/placement/quality.hpp"
#include "daemon/plan/placement/shortage.hpp"
#include "daemon/plan/queues.hpp"
#include "daemon/plan/uplinks.hpp"

namespace kvmtune::plan {

namespace {

/// The user's own pins count where the section does not name cpus.
void add_pins_of_user(SeatRequest &request, const DomainFacts &facts, const Topology &topology) {
    for (const auto &[vcpu, cpus] : facts.vcpupins)
        if (vcpu < facts.vcpus) request.pins[vcpu] = claim(cpus, topology);
    request.emulator = facts.emulatorpin;
    request.within = facts.vcpu_cpuset;
}

/// What runs may have more workers than its definition has for its next start: of NICs that were plugged in, and of
/// queues that are fewer from then on.
void add_running(SeatRequest &request, const DomainSituation &domain) {
    if (domain.facts.type != "kvm") return;
    const std::set<NicQueue> defined(request.queues.begin(), request.queues.end());
    for (const NicFacts &nic : domain.running_nics) {
        if (reason_to_leave_alone(nic, domain.facts)) continue;
        for (unsigned queue = 0; queue < std::min(nic.queues.value_or(1), most_queues); ++queue)
            if (defined.count({nic.mac, queue}) == 0) request.queues.emplace_back(nic.mac, queue);
    }
}

/// What all requests depend on beside their domains.
struct Surroundings {
    const Situation &situation;
    QueueRoom room = queue_room(situation.host, situation.policy.host);
    std::map<std::string, unsigned> uplinks = uplink_nodes(situation);
};

/// Where its packets leave the host: that of its first NIC of which it is known.
std::optional<unsigned> node_of_uplink(const DomainFacts &domain, const Surroundings &surroundings) {
    for (const NicFacts &nic : domain.nics) {
        const auto node = surroundings.uplinks.find(surroundings.situation.host.bridge_of(nic));
        if (node != surroundings.uplinks.end()) return node->second;
    }
    return std::nullopt;
}

SeatRequest request_of(const DomainSituation &domain, const Surroundings &surroundings) {
    const DomainFacts &facts = domain.facts;
    SeatRequest request;
    request.uuid = facts.uuid;
    request.name = facts.name;
    request.vcpus = facts.vcpus;
    request.memory = facts.memory;
    request.shares = domain.policy->cpus == CpuPolicy::shared;
    request.memory_nodes = facts.memory_nodes;
    request.near = node_of_uplink(facts, surroundings);
    request.vhost_cpus = domain.policy->vhost_cpus;
    request.present = domain.present;
    if (!names(domain, "cpus")) add_pins_of_user(request, facts, surroundings.situation.host.topology);
    for (const auto &[iothread, cpus] : facts.iothreadpins) request.iothreads = request.iothreads | cpus;
    if (vhost_net(surroundings.situation) == VhostNet::missing) return request;
    request.queues = vhost_queues(facts, *domain.policy, surroundings.room);
    add_running(request, domain);
    return request;
}

CpuSet present_nodes(const SeatRequest &request, const Topology &topology) {
    CpuSet nodes;
    for (const auto &[vcpu, cpus] : request.present.vcpus)
        if (const auto node = cpus.empty() ? std::nullopt : topology.node_of(cpus.first())) nodes.insert(*node);
    return nodes;
}

/// A request of somebody who may sit anywhere; who runs has his memory where it is, and stays if that is on several
/// nodes, unless it may go with him.
SeatRequest without_seat(SeatRequest request, const DomainSituation &domain, const Topology &topology,
                         const Freedom &freedom) {
    const CpuSet nodes = present_nodes(request, topology);
    const bool is_bound = domain.running && freedom.memory.count(request.uuid) == 0;
    if (is_bound && nodes.size() > 1) return request;
    if (is_bound && !nodes.empty()) request.memory_nodes = nodes;
    request.present = {};
    return request;
}

}  // namespace

Planning::Planning(const Situation &situation, const Freedom &freedom)
    : topology_(situation.host.topology), housekeeping_(housekeeping_cpus(situation)), ledger_(ledger_of(situation)) {
    const Surroundings surroundings{situation};
    for (const DomainSituation &domain : situation.domains) {
        if (!wants_cpus(domain)) continue;
        auto request = request_of(domain, surroundings);
        if (freedom.seats) request = without_seat(std::move(request), domain, topology_, freedom);
        all_.push_back(std::move(request));
        domains_[domain.facts.uuid] = &domain;
    }
    wanting_ = all_;
}

Placement Planning::placement() {
    std::vector<SeatRequest> seatless;
    while (true) {
        auto placement = placement_for(topology_, ledger_, housekeeping_, wanting_);
        if (leave_out_seatless(placement, seatless)) continue;
        const Shortages shortages(placement, housekeeping_);
        for (const SeatRequest &request : seatless) placement.findings.push_back(shortages.of(request));
        return placement;
    }
}

Quality Planning::quality(const Placement &placement) const {
    return quality_of(topology_, all_, placement);
}

/// Whether there were such domains, which hold CPUs.
bool Planning::leave_out_seatless(const Placement &placement, std::vector<SeatRequest> &left_out) {
    const auto stays = [&](const SeatRequest &request) {
        return placement.seats.count(request.uuid) != 0 || held(request).empty();
    };
    const auto seatless = std::stable_partition(wanting_.begin(), wanting_.end(), stays);
    for (auto request = seatless; request != wanting_.end(); ++request) {
        ledger_.taken[request->name] = held(*request);
        left_out.push_back(*request);
    }
    const bool some = seatless != wanting_.end();
    wanting_.erase(seatless, wanting_.end());
    return some;
}

CpuSet Planning::held(const SeatRequest &request) const {
    return held_by(*domains_.at(request.uuid), topology_);
}

}  // namespace kvmtune::plan
