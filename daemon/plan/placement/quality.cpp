#include "daemon/plan/placement/quality.hpp"

#include "daemon/plan/placement/workers.hpp"

namespace kvmtune::plan {

namespace {

CpuSet caches_of(const CpuSet &cpus, const Topology &topology) {
    CpuSet caches;
    for (const Cpu &cpu : topology.cpus)
        if (cpus.contains(cpu.index)) caches.insert(cpu.cache);
    return caches;
}

unsigned number(std::size_t count) {
    return static_cast<unsigned>(count);
}

/// Of a guest with CPUs of its own; one that shares has only a node.
void add_places(Quality &quality, const SeatRequest &request, const Seat &seat, const Topology &topology) {
    CpuSet vcpus;
    for (const auto &[vcpu, cpus] : seat.vcpus) vcpus = vcpus | cpus;
    const CpuSet caches = caches_of(vcpus, topology);
    if (!caches.empty()) quality.caches_crossed += number(caches.size() - 1);
    CpuSet own;
    for (const auto &[queue, cpus] : seat.workers) {
        if (cpus.size() != 1) continue;  // with the emulator
        own = own | cpus;
        const auto node = topology.node_of(cpus.first());
        if (!seat.nodes.empty() && node && !seat.nodes.contains(*node)) ++quality.workers_far;
        if (!caches.contains(caches_of(cpus, topology))) ++quality.workers_behind_other_caches;
    }
    const auto wanted = wanted_worker_cpus(request);
    if (own.size() < wanted) quality.workers_without_cpu += number(wanted - own.size());
}

}  // namespace

Quality quality_of(const Topology &topology, const std::vector<SeatRequest> &requests, const Placement &placement) {
    Quality quality;
    for (const SeatRequest &request : requests) {
        const Seat *const placed = placement.seat_of(request.uuid);
        if (placed == nullptr) {
            ++quality.without_seat;
            continue;
        }
        const Seat &seat = *placed;
        if (seat.nodes.size() > 1) quality.nodes_crossed += number(seat.nodes.size() - 1);
        if (request.near && !seat.nodes.empty() && !seat.nodes.contains(*request.near)) ++quality.far_from_uplink;
        if (!request.shares && !request.emulator) add_places(quality, request, seat, topology);
    }
    return quality;
}

}  // namespace kvmtune::plan
