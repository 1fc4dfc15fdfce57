// Where a guest's memory is to be: on the NUMA nodes of its seat, or where its definition says already.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "daemon/plan/placement/placement.hpp"
#include "daemon/plan/situation.hpp"

namespace kvmtune::plan {

struct MemoryHome {
    CpuSet nodes;                              ///< mostly one
    std::map<unsigned, std::uint64_t> weight;  ///< how much of its memory is best on each of them, one to another
    std::string why_not;                       ///< why there are none
};

/// The nodes of its memory, once it has what we wish for it.
[[nodiscard]] MemoryHome memory_home(const DomainSituation &domain, const Situation &situation,
                                     const Placement &placement);

/// Whether the definition says by itself where the memory is, and the section does not name numatune.
[[nodiscard]] bool has_memory_nodes(const DomainSituation &domain);

/// Whether we are to bind its memory to the nodes of its seat.
[[nodiscard]] bool is_bound_by_us(const DomainSituation &domain);

/// Whether what runs can take its memory along to the nodes of another seat: it can move, and the user has decided
/// nothing of where it or its vCPUs are.
[[nodiscard]] bool takes_memory_along(const DomainSituation &domain);

/// The mode by which QEMU itself binds the domain's memory to nodes, the user's or ours: "strict", "preferred", ...;
/// empty where nobody does, or libvirt does it by a cgroup (restrictive). Where that memory is of huge pages, a helper
/// thread of QEMU's allocates it on the node's CPUs (thread-context, QEMU 7.2 and later).
[[nodiscard]] std::string mode_of_qemu(const DomainSituation &domain);

/// Why a guest with huge pages would not start in this mode on this host; empty if it would.
[[nodiscard]] std::string objection_to_mode(const std::string &mode, const HostFacts &host);

/// Whether QEMU's main thread will have a CPU of one of these nodes. If its memory is bound to them, with huge pages,
/// QEMU does not start without one ("Setting CPU affinity failed"): its threads that allocate the memory get the CPUs
/// of all of them that they may have.
[[nodiscard]] bool emulator_reaches(const DomainSituation &domain, const Situation &situation,
                                    const Placement &placement, const CpuSet &nodes);

/// "node 1", "nodes 0-1"
[[nodiscard]] std::string nodes_text(const CpuSet &nodes);

}  // namespace kvmtune::plan
