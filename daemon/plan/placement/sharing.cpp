#include "daemon/plan/placement/sharing.hpp"

#include "daemon/plan/placement/home.hpp"

namespace kvmtune::plan {

std::optional<unsigned> Sharing::present_node(const SeatRequest &request) const {
    for (const auto &[vcpu, cpus] : request.present.vcpus)
        for (const Node &node : board_.nodes())
            if (node.cpus.intersects(cpus)) return node.index;
    return std::nullopt;
}

void Sharing::keep_a_core(unsigned node, const CpuSet &avoid) {
    const CpuSet mine = board_.free_for(Board::sharers) - board_.free_for(Board::nobody);
    if (mine.intersects(board_.cpus_of(node))) return;
    const CpuSet open = (board_.free_for(Board::nobody) & board_.cpus_of(node)) - board_.whole_cores(avoid);
    if (!open.empty()) board_.reserve(Board::sharers, open.last());
}

bool Sharing::may_live_on(unsigned node, const SeatRequest &request) const {
    if (const auto pinned = pinned_node(board_, request)) return *pinned == node;
    const bool right = !request.memory_nodes || request.memory_nodes->contains(node);
    return right && request.memory <= board_.memory_left(node);
}

std::optional<unsigned> Sharing::join(const SeatRequest &request) {
    std::optional<unsigned> best = present_node(request);
    if (best && !may_live_on(*best, request)) best = std::nullopt;
    if (!best) {
        double most = -1;
        for (const Node &node : board_.nodes()) {
            if (!may_live_on(node.index, request)) continue;
            const CpuSet cpus = request.within ? cpus_of(node.index) & *request.within : cpus_of(node.index);
            const double share =
                static_cast<double>(cpus.size()) / static_cast<double>(vcpus_[node.index] + request.vcpus + 1);
            if (share > most) best = node.index;
            if (share > most) most = share;
        }
    }
    if (!best) return best;
    vcpus_[*best] += request.vcpus;
    if (!pinned_node(board_, request)) board_.take_memory(*best, request.memory);
    return best;
}

CpuSet Sharing::cpus_of(unsigned node) const {
    return board_.free_for(Board::sharers) & board_.cpus_of(node);
}

}  // namespace kvmtune::plan
