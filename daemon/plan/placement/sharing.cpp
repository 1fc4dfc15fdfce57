#include "daemon/plan/placement/sharing.hpp"

#include "daemon/plan/placement/home.hpp"

namespace kvmtune::plan {

namespace {

CpuSet within(const SeatRequest &request, const CpuSet &cpus) {
    return request.within ? cpus & *request.within : cpus;
}

std::optional<unsigned> node_of_seat(const Board &board, const SeatRequest &request) {
    for (const auto &[vcpu, cpus] : request.present.vcpus)
        for (const Node &node : board.nodes())
            if (node.cpus.intersects(cpus)) return node.index;
    return pinned_node(board, request);
}

}  // namespace

std::optional<unsigned> Sharing::present_node(const SeatRequest &request) const {
    const auto node = node_of_seat(board_, request);
    return node && may_live_on(*node, request) ? node : std::nullopt;
}

void Sharing::join(unsigned node, const SeatRequest &request) {
    count(node, request);
    if (!pinned_node(board_, request)) board_.take_memory(node, request.memory);
}

CpuSet Sharing::cpus_for(const SeatRequest &request, unsigned node) const {
    return within(request, board_.balanced_for(Board::sharers) & board_.cpus_of(node));
}

bool Sharing::may_live_on(unsigned node, const SeatRequest &request) const {
    if (const auto pinned = pinned_node(board_, request)) return *pinned == node;
    const CpuSet housekeeping = within(request, board_.housekeeping() & board_.cpus_of(node));
    if (cpus_for(request, node).empty() && housekeeping.empty()) return false;
    const bool right = !request.memory_nodes || request.memory_nodes->contains(node);
    return right && request.memory <= board_.memory_left(node);
}

std::optional<unsigned> Sharing::best_node(const SeatRequest &request) const {
    std::optional<unsigned> best;
    double most = -1;
    for (const Node &node : board_.nodes()) {
        if (!may_live_on(node.index, request)) continue;
        const auto there = vcpus_.find(node.index);
        const std::size_t vcpus = (there == vcpus_.end() ? 0 : there->second) + request.vcpus;
        const double share = static_cast<double>(cpus_for(request, node.index).size()) / static_cast<double>(vcpus + 1);
        if (share > most) best = node.index;
        if (share > most) most = share;
    }
    return best;
}

void Sharing::keep_a_core(unsigned node, const SeatRequest &request, const CpuSet &avoid) {
    const CpuSet here = within(request, board_.cpus_of(node));
    const CpuSet kept = board_.balanced_for(Board::sharers) - board_.balanced_for(Board::nobody);
    if (kept.intersects(here)) return;
    const CpuSet open = (board_.balanced_for(Board::nobody) & here) - board_.whole_cores(avoid);
    if (!open.empty()) board_.reserve(Board::sharers, open.last());
}

}  // namespace kvmtune::plan
