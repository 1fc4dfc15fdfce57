#include "daemon/plan/placement/workers.hpp"

#include <algorithm>
#include <vector>

namespace kvmtune::plan {

namespace {

/// The CPUs that the user let the emulator have, without those of the vCPUs: workers cannot leave them.
CpuSet confinement(const SeatRequest &request, const Home &home) {
    CpuSet cpus = *request.emulator - home.all();
    for (const auto &[vcpu, pinned] : request.pins) cpus = cpus - pinned;
    return cpus;
}

/// CPUs of the vCPUs that let the emulator reach their node: of those that are not balanced no more than one.
CpuSet foothold(const Board &board, const CpuSet &vcpus) {
    const CpuSet balanced = vcpus - board.unbalanced();
    return balanced.empty() && !vcpus.empty() ? CpuSet{vcpus.first()} : balanced;
}

/// CPUs that its workers may have, on any node if they are to be its own.
CpuSet room_for_workers(const Board &board, Board::Owner owner, const SeatRequest &request, const Home &home) {
    const CpuSet free = board.balanced_for(owner);
    if (request.vhost_cpus) return free;
    return (free | board.balanced_for(Board::pool) | board.pool_cpus()) & board.cpus_on(home.nodes);
}

/// Workers are best behind the caches of the vCPUs whose packets they carry.
Board::CacheRanks caches_of(const Board &board, const Home &home) {
    Board::CacheRanks ranks;
    for (const auto &[vcpu, cpu] : home.cpus) ranks[board.cache_of(cpu)] = 0;
    return ranks;
}

void append(std::vector<unsigned> &order, const std::vector<unsigned> &more) {
    for (const unsigned cpu : more)
        if (std::find(order.begin(), order.end(), cpu) == order.end()) order.push_back(cpu);
}

/// CPUs for its workers, best first: that many if there are.
std::vector<unsigned> candidates(std::size_t wanted, const Board &board, Board::Owner owner, const SeatRequest &request,
                                 const Home &home, const CpuSet &avoid) {
    const CpuSet room = room_for_workers(board, owner, request, home);
    const CpuSet own_nodes = board.cpus_on(home.nodes);
    const CpuSet present = present_worker_cpus(request, board.housekeeping()) & room;
    std::vector<unsigned> order(present.begin(), present.end());
    if (order.size() >= wanted) return order;
    const auto caches = caches_of(board, home);
    append(order, board.in_order(owner, (room & own_nodes) - board.pool_cpus(), avoid, caches));
    if (request.vhost_cpus) append(order, board.in_order(owner, room - own_nodes, avoid, caches));
    for (const unsigned cpu : board.pool_by_load())
        if (room.contains(cpu)) append(order, {cpu});
    return order;
}

CpuSet first_of(const std::vector<unsigned> &order, std::size_t number) {
    CpuSet cpus;
    for (const unsigned cpu : order)
        if (cpus.size() < number) cpus.insert(cpu);
    return cpus;
}

}  // namespace

std::size_t wanted_worker_cpus(const SeatRequest &request) {
    const std::size_t queues = request.queues.size();
    return request.vhost_cpus ? std::min<std::size_t>(*request.vhost_cpus, queues) : (queues + 1) / 2;
}

CpuSet present_worker_cpus(const SeatRequest &request, const CpuSet &housekeeping) {
    // The emulator's tell only where nothing else does: they may be housekeeping CPUs of an earlier policy.
    CpuSet cpus = request.present.workers.empty() ? request.present.emulator.value_or(CpuSet{}) : CpuSet{};
    for (const auto &[queue, worker] : request.present.workers) cpus = cpus | worker;
    for (const auto &[vcpu, seat] : request.present.vcpus) cpus = cpus - seat;
    for (const auto &[vcpu, pinned] : request.pins) cpus = cpus - pinned;
    return cpus - housekeeping;
}

std::optional<CpuSet> kept_worker_cpus(const Board &board, Board::Owner owner, const SeatRequest &request) {
    if (request.emulator) return std::nullopt;
    const CpuSet present = present_worker_cpus(request, board.housekeeping());
    if (present.size() != wanted_worker_cpus(request)) return std::nullopt;
    if (!board.balanced_for(owner).contains(present)) return std::nullopt;
    return present;
}

CpuSet new_worker_cpus(const Board &board, Board::Owner owner, const SeatRequest &request, const Home &home,
                       const CpuSet &avoid) {
    const std::size_t wanted = wanted_worker_cpus(request);
    if (wanted == 0) return {};
    if (!request.emulator) return first_of(candidates(wanted, board, owner, request, home, avoid), wanted);
    const CpuSet confined = board.claim_of(*request.emulator) & confinement(request, home);
    return first_of(std::vector<unsigned>(confined.begin(), confined.end()), wanted);
}

CpuSet emulator_cpus(const Board &board, const SeatRequest &request, const Home &home, const CpuSet &workers) {
    if (request.emulator) return *request.emulator;
    const CpuSet near = board.housekeeping() & board.cpus_on(home.nodes);
    CpuSet cpus = (near.empty() ? board.housekeeping() : near) | workers;
    for (const unsigned node : home.nodes) {
        const CpuSet &here = board.cpus_of(node);
        if (!cpus.intersects(here)) cpus = cpus | foothold(board, home.all() & here);
        for (const auto &[vcpu, pinned] : request.pins)
            if (!cpus.intersects(here)) cpus = cpus | foothold(board, pinned & here);
    }
    return cpus;
}

}  // namespace kvmtune::plan
