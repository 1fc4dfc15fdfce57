// Homes on several NUMA nodes, for guests that fit on none: on as few as possible, near each other, each with as much
// of the memory as it has of the vCPUs. Guests that fit on a node come first. One whose vCPUs the user pinned is where
// the user wants it, and has none.
#pragma once

#include <cstdint>
#include <optional>

#include "daemon/plan/placement/board.hpp"
#include "daemon/plan/placement/home.hpp"

namespace kvmtune::plan {

/// How many bytes of its memory lie on a node of its home, rounded up: as its vCPUs do.
[[nodiscard]] std::uint64_t memory_on(unsigned node, const Board &board, const SeatRequest &request, const Home &home);

/// Where it sits now, if that is on several nodes and all of it is still right.
[[nodiscard]] std::optional<Home> kept_spread(const Board &board, Board::Owner owner, const SeatRequest &request);

/// Whether it may be on several nodes, and they have CPUs enough: a quick look before new_spread().
[[nodiscard]] bool may_spread(const Board &board, Board::Owner owner, const SeatRequest &request);

/// A home on several nodes for one that may spread, its vCPUs in blocks by number, about as many on each; nullopt if it
/// fits on all of them together neither.
[[nodiscard]] std::optional<Home> new_spread(const Board &board, Board::Owner owner, const SeatRequest &request,
                                             const CpuSet &avoid);

}  // namespace kvmtune::plan
