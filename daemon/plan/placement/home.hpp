// A guest's home: the NUMA node and the CPUs of its vCPUs.
#pragma once

#include <map>
#include <optional>

#include "daemon/plan/placement/board.hpp"
#include "daemon/plan/placement/placement.hpp"

namespace kvmtune::plan {

struct Home {
    unsigned node = 0;
    std::map<unsigned, unsigned> cpus;  ///< by vCPU, those that we place

    [[nodiscard]] CpuSet all() const;
    bool operator==(const Home &) const = default;
};

/// The node that the user's own pins decide for; nullopt if there are none on a CPU of this host.
[[nodiscard]] std::optional<unsigned> pinned_node(const Board &board, const SeatRequest &request);

/// Where it sits now, if all of that is still right.
[[nodiscard]] std::optional<Home> kept_home(const Board &board, Board::Owner owner, const SeatRequest &request);

/// A home for it: on the node where most of its vCPUs sit already, else with the most room; on CPUs of avoid (others
/// may want to keep them) only if it fits nowhere else. nullopt if it fits nowhere.
[[nodiscard]] std::optional<Home> new_home(const Board &board, Board::Owner owner, const SeatRequest &request,
                                           const CpuSet &avoid);

}  // namespace kvmtune::plan
