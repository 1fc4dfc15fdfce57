// A guest's home: the NUMA node and the CPUs of its vCPUs. A guest that fits on no node may have a home on several
// (spread.hpp).
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "daemon/plan/placement/board.hpp"
#include "daemon/plan/placement/placement.hpp"

namespace kvmtune::plan {

struct Home {
    CpuSet nodes;                       ///< NUMA nodes
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

/// CPUs to choose a home from, all at once, the best first: those of one kind of cores before those of several, and
/// without those of avoid before all.
[[nodiscard]] std::vector<CpuSet> choices_of(const Board &board, const CpuSet &avoid);

/// The CPUs of a node that it may have.
[[nodiscard]] CpuSet room_on(const Board &board, Board::Owner owner, const SeatRequest &request, unsigned node);

/// Its present vCPU places that lie in this room, each CPU once: CPUs by vCPU.
[[nodiscard]] std::map<unsigned, unsigned> present_in(const CpuSet &room, const SeatRequest &request);

/// How well it sits behind each last-level cache of this room: caches that it sits behind already come first, then
/// those that all that are needed fit behind with so many workers, then without them, the smallest first, then the
/// largest.
[[nodiscard]] Board::CacheRanks ranked_caches(const Board &board, const CpuSet &room, const Home &home,
                                              std::size_t needed, std::size_t workers);

/// It lives there from now on. On several nodes its memory lies as its vCPUs do.
void move_in(Board &board, Board::Owner owner, const SeatRequest &request, const Home &home);

}  // namespace kvmtune::plan
