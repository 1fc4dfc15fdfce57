#include "daemon/plan/placement/placement.hpp"

#include "daemon/plan/placement/seating.hpp"

namespace kvmtune::plan {

CpuSet housekeeping_cpus(const Topology &topology, const std::optional<CpuSet> &policy) {
    if (policy) return *policy & topology.all();
    CpuSet cpus;
    for (const Node &node : topology.nodes)
        if (!node.cpus.empty()) cpus = cpus | topology.siblings(node.cpus.first());
    return cpus;
}

Placement placement_for(const Topology &topology, const Ledger &ledger, const CpuSet &housekeeping,
                        const std::vector<SeatRequest> &requests) {
    Seating seating(topology, ledger, housekeeping, requests);
    seating.keep_homes();
    seating.keep_spread_homes();
    seating.keep_shared_nodes();
    seating.take_memory_of_pinned();
    seating.keep_own_worker_cpus();
    seating.keep_cores_for_sharers();
    seating.give_homes();
    seating.give_spread_homes();
    seating.give_own_worker_cpus();
    seating.give_shared_worker_cpus();
    seating.seat_sharers();
    return seating.result();
}

}  // namespace kvmtune::plan
