// A guest's home: the NUMA node and the CPUs of its vCPUs.
#pragma once

#include <map>
#include <optional>
#include <vector>

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

/// Whether it is worth looking for a home: some node may have the room.
[[nodiscard]] bool may_fit(const Board &board, Board::Owner owner, const SeatRequest &request);

/// Where it sits now, if all of that is still right.
[[nodiscard]] std::optional<Home> kept_home(const Board &board, Board::Owner owner, const SeatRequest &request);

/// A home for it: on cores of one kind, the fastest first, and of several only if it fits on none; on the node where
/// most of its vCPUs sit already, else with the most room; there behind the last-level cache that it fits best, or as
/// few as there are. On CPUs of avoid (others may want to keep them) only if it fits nowhere else. nullopt if it fits
/// nowhere.
[[nodiscard]] std::optional<Home> new_home(const Board &board, Board::Owner owner, const SeatRequest &request,
                                           const CpuSet &avoid);

/// The same on one node, which must be one of those where it may live.
[[nodiscard]] std::optional<Home> new_home_on(unsigned node, const Board &board, Board::Owner owner,
                                              const SeatRequest &request);

/// Nodes where it may live and that may have the room.
[[nodiscard]] std::vector<unsigned> possible_nodes(const Board &board, Board::Owner owner, const SeatRequest &request);

/// It lives there from now on.
void move_in(Board &board, Board::Owner owner, const SeatRequest &request, const Home &home);

}  // namespace kvmtune::plan
