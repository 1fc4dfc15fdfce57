#include "daemon/plan/placement/home.hpp"

#include <utility>
#include <vector>

namespace kvmtune::plan {

namespace {

std::vector<unsigned> unpinned_vcpus(const SeatRequest &request) {
    std::vector<unsigned> vcpus;
    for (unsigned vcpu = 0; vcpu < request.vcpus; ++vcpu)
        if (request.pins.count(vcpu) == 0) vcpus.push_back(vcpu);
    return vcpus;
}

/// Nodes that it may live on. The user's pins decide, whatever the memory.
std::vector<unsigned> possible_nodes(const Board &board, const SeatRequest &request) {
    if (const auto node = pinned_node(board, request)) return {*node};
    std::vector<unsigned> nodes;
    for (const Node &node : board.nodes()) {
        const bool right = !request.memory_nodes || request.memory_nodes->contains(node.index);
        if (right && request.memory <= board.memory_left(node.index)) nodes.push_back(node.index);
    }
    return nodes;
}

CpuSet room_on(const Board &board, Board::Owner owner, const SeatRequest &request, unsigned node) {
    const CpuSet room = board.free_for(owner) & board.cpus_of(node);
    return request.within ? room & *request.within : room;
}

/// Its present vCPU places that lie in this room, each CPU once.
std::map<unsigned, unsigned> present_in(const CpuSet &room, const SeatRequest &request) {
    std::map<unsigned, unsigned> places;
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

/// A node with enough room, as (node, its room): most of the present places first, then most room, then the lowest.
std::optional<std::pair<unsigned, CpuSet>> best_room(const Board &board, Board::Owner owner, const SeatRequest &request,
                                                     const CpuSet &shunned) {
    const std::size_t needed = unpinned_vcpus(request).size();
    std::optional<std::pair<unsigned, CpuSet>> best;
    std::pair<std::size_t, std::size_t> best_rank;
    for (const unsigned node : possible_nodes(board, request)) {
        const CpuSet room = room_on(board, owner, request, node) - shunned;
        const std::pair rank{present_in(room, request).size(), room.size()};
        if (room.size() < needed || (best && rank <= best_rank)) continue;
        best = std::pair{node, room};
        best_rank = rank;
    }
    return best;
}

}  // namespace

CpuSet Home::all() const {
    CpuSet all;
    for (const auto &[vcpu, cpu] : cpus) all.insert(cpu);
    return all;
}

std::optional<unsigned> pinned_node(const Board &board, const SeatRequest &request) {
    for (const auto &[vcpu, cpus] : request.pins)
        for (const Node &node : board.nodes())
            if (node.cpus.intersects(cpus)) return node.index;
    return std::nullopt;
}

std::optional<Home> kept_home(const Board &board, Board::Owner owner, const SeatRequest &request) {
    const std::size_t needed = unpinned_vcpus(request).size();
    if (request.vcpus == 0) return std::nullopt;
    for (const unsigned node : possible_nodes(board, request)) {
        auto places = present_in(room_on(board, owner, request, node), request);
        if (places.size() == needed && (needed > 0 || pinned_node(board, request)))
            return Home{node, std::move(places)};
    }
    return std::nullopt;
}

std::optional<Home> new_home(const Board &board, Board::Owner owner, const SeatRequest &request, const CpuSet &avoid) {
    if (request.vcpus == 0) return std::nullopt;
    auto found = best_room(board, owner, request, board.whole_cores(avoid));
    if (!found) found = best_room(board, owner, request, {});
    if (!found) return std::nullopt;

    const auto &[node, room] = *found;
    Home home{node, present_in(room, request)};
    const std::vector<unsigned> order = board.in_order(owner, room - home.all(), avoid);
    auto next = order.begin();
    for (const unsigned vcpu : unpinned_vcpus(request))
        if (home.cpus.count(vcpu) == 0) home.cpus[vcpu] = *next++;
    return home;
}

}  // namespace kvmtune::plan
