#include "daemon/plan/placement/placement.hpp"

#include <set>

#include "daemon/plan/placement/seating.hpp"
#include "daemon/plan/withheld.hpp"

namespace kvmtune::plan {

namespace {

/// One core of so many is for housekeeping: 4 % of the CPUs, between what hypervisors with few large guests need and
/// what emulators of many small ones take.
constexpr std::size_t cores_for_each_of_the_host = 24;

std::size_t number_of_cores(const Topology &topology, const CpuSet &cpus) {
    std::set<unsigned> cores;
    for (const Cpu &cpu : topology.cpus)
        if (cpus.contains(cpu.index)) cores.insert(cpu.core);
    return cores.size();
}

/// The first cores of each node, of these CPUs: one for each that the host is to have.
CpuSet first_cores(const Topology &topology, const CpuSet &cpus, const CpuSet &avoid) {
    CpuSet cores;
    for (const Node &node : topology.nodes) {
        const CpuSet here = node.cpus & cpus;
        const CpuSet better = here - avoid;
        CpuSet choice = better.empty() ? here : better;
        const std::size_t all = number_of_cores(topology, here);
        for (std::size_t given = 0; given < all && !choice.empty(); given += cores_for_each_of_the_host) {
            const CpuSet core = topology.siblings(choice.first()) & choice;
            cores = cores | core;
            choice = choice - core;
        }
    }
    return cores;
}

}  // namespace

const Seat *Placement::seat_of(const std::string &uuid) const {
    const auto at = seats.find(uuid);
    return at == seats.end() ? nullptr : &at->second;
}

CpuSet housekeeping_cpus(const Topology &topology, const std::optional<CpuSet> &policy) {
    return policy ? *policy & topology.all() : first_cores(topology, topology.all(), {});
}

/// The administrator's word on isolated CPUs counts.
CpuSet housekeeping_cpus(const Situation &situation) {
    const HostFacts &host = situation.host;
    const auto &named = situation.policy.host.housekeeping;
    if (named) return (*named & host.topology.all()) - out_of_reach(host);
    const CpuSet ours = host.topology.all() - all_withheld(situation) - host.isolated_cpus;
    return first_cores(host.topology, ours, host.tickless_cpus);
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
