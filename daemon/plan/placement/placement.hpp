// The CPU planner: seats for all domains that want CPUs, on the whole host at once.
//
// A guest's vCPUs get a CPU each on one NUMA node that has its memory; where none has, on as few as there are, near
// each other. Cores are never shared between guests; two vCPUs of one guest share a core. Newcomers go to the node of
// their uplink (a NIC that is a port of their bridge) while it has room. One housekeeping core of 24 a node is kept
// free of them. vhost workers get about one CPU for two queues from a pool of their node, while there is room, which
// they share with other guests' workers; CPUs of their own only where the policy gives a number, and then also on
// another node if their own is full. The emulator has its node's housekeeping CPUs and those of its workers: workers
// cannot leave it, and QEMU wants a CPU next to its memory.
//
// Who sits somewhere stays there while that is still right: vCPUs first, then vCPUs of newcomers, then workers.
//
// CPUs that the kernel isolates are for vCPUs with a CPU of their own, where the policy gives them away at all: it
// moves no thread between them, so that no set of CPUs may have several. Workers do not get them either, as they cannot
// leave the emulator's set. CPUs with interrupts of an uplink are a vCPU's on its node after all others.
//
// Guests that share get what is then left of one node, all of them the same CPUs, which become fewer and more as others
// come and go. While there are such guests on a node, newcomers leave them a core.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/plan/ledger.hpp"
#include "daemon/plan/placement/seat.hpp"

namespace kvmtune::plan {

/// A domain that wants CPUs. What the user pinned is kept, and is taken for others.
struct SeatRequest {
    std::string uuid;
    std::string name;
    unsigned vcpus = 0;
    bool shares = false;                 ///< no CPUs of its own: those that are left, together with others
    std::uint64_t memory = 0;            ///< bytes
    std::optional<CpuSet> memory_nodes;  ///< its numatune's nodeset
    std::optional<CpuSet> within;        ///< the user's <vcpu cpuset>: its vCPUs go nowhere else
    std::map<unsigned, CpuSet> pins;     ///< the user's vcpupins
    std::optional<CpuSet> emulator;      ///< the user's emulatorpin
    CpuSet iothreads;                    ///< the user's iothreadpins, together
    std::vector<NicQueue> queues;        ///< each wants a vhost worker
    std::optional<unsigned> near;        ///< the NUMA node of its uplink: where it is best
    std::optional<unsigned> vhost_cpus;  ///< CPUs of their own for its workers; nullopt: from the pool
    Seat present;

    bool operator==(const SeatRequest &) const = default;
};

struct Placement {
    std::map<std::string, Seat> seats;  ///< by UUID; none for a domain that does not fit, of which nothing is pinned
    std::vector<Finding> findings;      ///< about domains, by name

    /// CPUs on cores of nobody, and bytes of memory.
    struct Left {
        std::size_t cpus = 0;
        std::uint64_t memory = 0;
        bool operator==(const Left &) const = default;
    };
    std::map<unsigned, Left> left;  ///< what is left for others, by NUMA node

    [[nodiscard]] const Seat *seat_of(const std::string &uuid) const;  ///< nullptr if it has none
    bool operator==(const Placement &) const = default;
};

/// CPUs that guests never get: the policy's, or the first core of each node, one more for each 24 that it has
/// beyond 24.
[[nodiscard]] CpuSet housekeeping_cpus(const Topology &topology, const std::optional<CpuSet> &policy);

/// The same without what is withheld. The first core that we choose has no CPU that the kernel isolates, and none
/// without a tick where there are others.
[[nodiscard]] CpuSet housekeeping_cpus(const Situation &situation);

/// The seats. The order of the requests does not matter, and the same requests with these seats as their present ones
/// get the same again.
[[nodiscard]] Placement placement_for(const Topology &topology, const Ledger &ledger, const CpuSet &housekeeping,
                                      const std::vector<SeatRequest> &requests);

/// The seats for all domains of a situation that want some.
[[nodiscard]] Placement placement_of(const Situation &situation);

/// What costs, the worst first: the less, the better.
struct Quality {
    unsigned without_seat = 0;         ///< guests of which nothing is pinned
    unsigned nodes_crossed = 0;        ///< NUMA nodes beyond the first that vCPUs of a guest sit on
    unsigned workers_without_cpu = 0;  ///< CPUs that vhost workers should have and have not
    unsigned workers_far = 0;          ///< vhost workers on another node than their guest's vCPUs
    unsigned far_from_uplink = 0;      ///< guests on another node than their uplink
    unsigned caches_crossed = 0;       ///< last-level caches beyond the first that vCPUs of a guest sit behind
    unsigned workers_behind_other_caches = 0;

    auto operator<=>(const Quality &) const = default;
};

/// What it would be worth to plan all seats anew.
struct Rebalance {
    Quality before, after;
    std::vector<std::string> moved;  ///< names of those whose vCPUs sit elsewhere then; none if it is worth nothing
    std::uint64_t copied = 0;        ///< bytes of memory of guests that run, at most, which go to other nodes
};
[[nodiscard]] Rebalance rebalance_of(const Situation &situation);

}  // namespace kvmtune::plan
