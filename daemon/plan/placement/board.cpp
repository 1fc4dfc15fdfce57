#include "daemon/plan/placement/board.hpp"

#include <algorithm>
#include <tuple>

namespace kvmtune::plan {

Board::Board(const Topology &topology, const CpuSet &housekeeping) : topology_(topology), housekeeping_(housekeeping) {
    for (const Cpu &cpu : topology_.cpus) {
        core_of_[cpu.index] = cpu.core;
        cpus_of_core_[cpu.core].insert(cpu.index);
    }
    for (const Node &node : topology_.nodes) {
        cpus_of_[node.index] = node.cpus;
        memory_left_[node.index] = node.memory;
    }
}

bool Board::is_core_of(Owner owner, unsigned core) const {
    const auto found = owners_.find(core);
    return found != owners_.end() && found->second == owner;
}

CpuSet Board::free_for(Owner owner) const {
    CpuSet free;
    for (const auto &[cpu, core] : core_of_) {
        if (taken_.contains(cpu) || housekeeping_.contains(cpu)) continue;
        if (owners_.count(core) == 0 || is_core_of(owner, core)) free.insert(cpu);
    }
    return free;
}

std::vector<unsigned> Board::pool_by_load() const {
    std::vector<unsigned> cpus(pool_cpus_.begin(), pool_cpus_.end());
    std::stable_sort(cpus.begin(), cpus.end(),
                     [this](unsigned left, unsigned right) { return pool_load_.at(left) < pool_load_.at(right); });
    return cpus;
}

CpuSet Board::whole_cores(const CpuSet &cpus) const {
    CpuSet whole;
    for (const unsigned cpu : cpus)
        if (const auto core = core_of_.find(cpu); core != core_of_.end())
            whole = whole | cpus_of_core_.at(core->second);
    return whole;
}

std::vector<unsigned> Board::in_order(Owner owner, const CpuSet &cpus, const CpuSet &avoid) const {
    std::map<unsigned, CpuSet> cores;
    for (const unsigned cpu : cpus) cores[core_of_.at(cpu)].insert(cpu);

    using Rank = std::tuple<bool, bool, bool, std::size_t, unsigned>;
    std::map<Rank, CpuSet> ranked;
    for (const auto &[core, part] : cores)
        ranked[Rank{!is_core_of(owner, core), cpus_of_core_.at(core).intersects(avoid), !is_core_of(pool, core),
                    cpus.size() - part.size(), part.first()}] = part;

    std::vector<unsigned> order;
    for (const auto &[rank, part] : ranked) order.insert(order.end(), part.begin(), part.end());
    return order;
}

void Board::take(Owner owner, const CpuSet &cpus) {
    for (const unsigned cpu : cpus) {
        const auto core = core_of_.find(cpu);
        if (core == core_of_.end()) continue;
        taken_.insert(cpu);
        const auto [entry, is_new] = owners_.emplace(core->second, owner);
        if (!is_new && entry->second != owner) entry->second = outsider;
    }
}

void Board::take_shared(Owner owner, const CpuSet &cpus, std::size_t queues) {
    for (const unsigned cpu : cpus) {
        if (is_core_of(owner, core_of_.at(cpu))) {
            take(owner, {cpu});
            continue;
        }
        take(pool, {cpu});
        pool_cpus_.insert(cpu);
        pool_load_[cpu] += (queues + cpus.size() - 1) / cpus.size();
    }
}

void Board::take_memory(unsigned node, std::uint64_t bytes) {
    std::uint64_t &left = memory_left_.at(node);
    left -= std::min(left, bytes);
}

}  // namespace kvmtune::plan
