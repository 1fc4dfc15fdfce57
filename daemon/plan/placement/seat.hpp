// A seat: which host CPUs a domain's threads run on. The planner gives seats; what a domain has of an earlier one is
// given back to the planner, so that it stays where it sits.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/cpu_set.hpp"
#include "daemon/plan/facts.hpp"

namespace kvmtune::plan {

/// A queue of a NIC, by MAC address in lower case and number; one vhost worker serves it.
using NicQueue = std::pair<std::string, unsigned>;

/// Only what is ours: vCPUs and emulators that the user pinned are not in it.
struct Seat {
    CpuSet nodes;                     ///< the NUMA nodes of its vCPUs, mostly one; none for a present seat
    std::optional<unsigned> threads;  ///< a core, as the guest is shown; of a present seat with a topology of ours
    std::vector<GuestCell> cells;     ///< of a present seat: the NUMA cells that the guest is shown by us
    std::map<unsigned, CpuSet> vcpus;
    std::optional<CpuSet> emulator;
    std::map<NicQueue, CpuSet> workers;
    bool huge_pages = false;                ///< of a present seat: its definition has huge pages by us
    std::optional<std::uint64_t> page_kib;  ///< of this size; none: of the host's default

    bool operator==(const Seat &) const = default;
};

}  // namespace kvmtune::plan
