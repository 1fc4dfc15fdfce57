#include "daemon/plan/placement/home.hpp"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "daemon/plan/placement/spread.hpp"
#include "daemon/plan/placement/workers.hpp"

namespace kvmtune::plan {

namespace {

std::vector<unsigned> unpinned_vcpus(const SeatRequest &request) {
    std::vector<unsigned> vcpus;
    for (unsigned vcpu = 0; vcpu < request.vcpus; ++vcpu)
        if (request.pins.count(vcpu) == 0) vcpus.push_back(vcpu);
    return vcpus;
}

std::size_t number_unpinned(const SeatRequest &request) {
    if (request.pins.empty()) return request.vcpus;
    return unpinned_vcpus(request).size();
}

/// Whether a node may have room for a guest that is pinned to no other and has so many CPUs left on cores of its own.
bool has_room(unsigned node, const Board &board, const SeatRequest &request, std::size_t rest) {
    if (board.open_on(node) + rest < number_unpinned(request) || request.memory > board.memory_left(node)) return false;
    return !request.memory_nodes || request.memory_nodes->contains(node);
}

struct Room {
    unsigned node = 0;
    CpuSet cpus;
};

/// A node with enough room: most of the present places first, then that of its uplink, most room, the lowest.
std::optional<Room> best_room(const Board &board, Board::Owner owner, const SeatRequest &request,
                              const std::vector<unsigned> &nodes, const CpuSet &allowed) {
    const std::size_t needed = number_unpinned(request);
    std::optional<Room> best;
    std::tuple<std::size_t, bool, std::size_t> best_rank;
    for (const unsigned node : nodes) {
        const CpuSet room = room_on(board, owner, request, node) & allowed;
        const std::tuple rank{present_in(room, request).size(), request.near == node, room.size()};
        if (room.size() < needed || (best && rank <= best_rank)) continue;
        best = Room{node, room};
        best_rank = rank;
    }
    return best;
}

/// The best room of cores of one kind, else of all.
std::optional<Room> room_for(const Board &board, Board::Owner owner, const SeatRequest &request,
                             const std::vector<unsigned> &nodes, const CpuSet &avoid) {
    for (const CpuSet &allowed : choices_of(board, avoid))
        if (auto room = best_room(board, owner, request, nodes, allowed)) return room;
    return std::nullopt;
}

/// Whether the node can have its present places: none can that has not the first of them.
bool has_first_place(unsigned node, const Board &board, const SeatRequest &request) {
    if (!request.pins.empty()) return true;
    return board.cpus_of(node).intersects(request.present.vcpus.begin()->second);
}

/// A home in the best room of these nodes.
std::optional<Home> home_in(const std::vector<unsigned> &nodes, const Board &board, Board::Owner owner,
                            const SeatRequest &request, const CpuSet &avoid) {
    const bool is_nowhere = number_unpinned(request) == 0 && !pinned_node(board, request);
    if (request.vcpus == 0 || is_nowhere) return std::nullopt;
    const auto room = room_for(board, owner, request, nodes, avoid);
    if (!room) return std::nullopt;

    Home home{CpuSet{room->node}, present_in(room->cpus, request)};
    const CpuSet left = room->cpus - home.all();
    const std::size_t needed = number_unpinned(request) - home.cpus.size();
    const auto caches = ranked_caches(board, left, home, needed, wanted_worker_cpus(request));
    const auto taken = board.fitting(needed, owner, left, avoid, caches);
    auto next = taken.begin();
    for (const unsigned vcpu : unpinned_vcpus(request))
        if (home.cpus.count(vcpu) == 0) home.cpus[vcpu] = *next++;
    return home;
}

}  // namespace

CpuSet Home::all() const {
    CpuSet all;
    for (const auto &[vcpu, cpu] : cpus) all.insert(cpu);
    return all;
}

CpuSet room_on(const Board &board, Board::Owner owner, const SeatRequest &request, unsigned node) {
    const CpuSet room = board.free_for(owner) & board.cpus_of(node);
    return request.within ? room & *request.within : room;
}

std::map<unsigned, unsigned> present_in(const CpuSet &room, const SeatRequest &request) {
    std::map<unsigned, unsigned> places;
    if (request.present.vcpus.empty()) return places;
    CpuSet left = room;
    for (const unsigned vcpu : unpinned_vcpus(request)) {
        const auto seat = request.present.vcpus.find(vcpu);
        if (seat == request.present.vcpus.end() || seat->second.size() != 1) continue;
        const unsigned cpu = seat->second.first();
        if (!left.contains(cpu)) continue;
        left.erase(cpu);
        places[vcpu] = cpu;
    }
    return places;
}

std::vector<CpuSet> choices_of(const Board &board, const CpuSet &avoid) {
    std::vector<CpuSet> kinds = board.kinds();
    CpuSet all;
    for (const CpuSet &kind : board.kinds()) all = all | kind;
    if (kinds.size() > 1) kinds.push_back(all);
    const CpuSet shunned = board.whole_cores(avoid);
    std::vector<CpuSet> choices;
    for (const CpuSet &kind : kinds) {
        choices.push_back(kind - shunned);
        choices.push_back(kind);
    }
    return choices;
}

Board::CacheRanks ranked_caches(const Board &board, const CpuSet &room, const Home &home, std::size_t needed,
                                std::size_t workers) {
    std::map<unsigned, std::size_t> free;
    for (const unsigned cpu : room) ++free[board.cache_of(cpu)];
    Board::CacheRanks ranks;
    const std::size_t all = room.size();
    for (const auto &[cache, cpus] : free)
        ranks[cache] = 1 + (cpus >= needed + workers ? cpus : cpus >= needed ? all + cpus : 3 * all - cpus);
    for (const auto &[vcpu, cpu] : home.cpus) ranks[board.cache_of(cpu)] = 0;
    return ranks;
}

std::optional<unsigned> pinned_node(const Board &board, const SeatRequest &request) {
    for (const auto &[vcpu, cpus] : request.pins)
        for (const Node &node : board.nodes())
            if (node.cpus.intersects(cpus)) return node.index;
    return std::nullopt;
}

/// The user's pins decide, whatever the memory.
std::vector<unsigned> possible_nodes(const Board &board, Board::Owner owner, const SeatRequest &request) {
    std::vector<unsigned> nodes;
    const std::size_t rest = board.rest_of(owner);
    if (const auto node = pinned_node(board, request)) {
        if (board.open_on(*node) + rest >= number_unpinned(request)) nodes.push_back(*node);
        return nodes;
    }
    for (const Node &node : board.nodes())
        if (has_room(node.index, board, request, rest)) nodes.push_back(node.index);
    return nodes;
}

/// A full host may have hundreds of guests for which there is no place.
bool may_fit(const Board &board, Board::Owner owner, const SeatRequest &request) {
    if (request.vcpus == 0) return false;
    if (!request.pins.empty()) return !possible_nodes(board, owner, request).empty();
    return std::any_of(board.nodes().begin(), board.nodes().end(), [&, rest = board.rest_of(owner)](const Node &node) {
        return has_room(node.index, board, request, rest);
    });
}

std::optional<Home> kept_home(const Board &board, Board::Owner owner, const SeatRequest &request) {
    const std::size_t needed = number_unpinned(request);
    if (request.vcpus == 0 || request.present.vcpus.size() < needed) return std::nullopt;
    for (const unsigned node : possible_nodes(board, owner, request)) {
        if (!has_first_place(node, board, request)) continue;
        auto places = present_in(room_on(board, owner, request, node), request);
        if (places.size() == needed && (needed > 0 || pinned_node(board, request)))
            return Home{CpuSet{node}, std::move(places)};
    }
    return std::nullopt;
}

std::optional<Home> new_home(const Board &board, Board::Owner owner, const SeatRequest &request, const CpuSet &avoid) {
    return home_in(possible_nodes(board, owner, request), board, owner, request, avoid);
}

std::optional<Home> new_home_on(unsigned node, const Board &board, Board::Owner owner, const SeatRequest &request) {
    return home_in({node}, board, owner, request, {});
}

void move_in(Board &board, Board::Owner owner, const SeatRequest &request, const Home &home) {
    board.take(owner, home.all());
    if (pinned_node(board, request)) return;
    for (const unsigned node : home.nodes)
        board.take_memory(node, home.nodes.size() == 1 ? request.memory : memory_on(node, board, request, home));
}

}  // namespace kvmtune::plan
