#include "daemon/plan/placement/board.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace kvmtune::plan {

namespace {

std::vector<CpuSet> kinds_of(const Topology &topology) {
    std::map<unsigned, CpuSet> by_kind;
    for (const Cpu &cpu : topology.cpus) by_kind[cpu.kind].insert(cpu.index);
    std::vector<CpuSet> kinds;
    for (auto kind = by_kind.rbegin(); kind != by_kind.rend(); ++kind) kinds.push_back(kind->second);
    return kinds;
}

}  // namespace

Board::Board(const Topology &topology, const CpuSet &housekeeping, const Ledger &ledger)
    : topology_(&topology),
      housekeeping_(housekeeping),
      unbalanced_(ledger.unbalanced),
      interrupted_(ledger.interrupted),
      kinds_(kinds_of(topology)) {
    std::map<unsigned, std::size_t> position;  // by the core's number
    for (const Cpu &cpu : topology_->cpus) {
        const auto [core, is_new] = position.emplace(cpu.core, cores_.size());
        if (is_new) cores_.push_back({{}, cpu.node, cpu.cache, nobody});
        cores_[core->second].cpus.insert(cpu.index);
        if (cpu.index >= core_at_.size()) core_at_.resize(cpu.index + 1, none);
        core_at_[cpu.index] = core->second;
    }
    open_ = topology_->all() - housekeeping_;
    for (const Node &node : topology_->nodes) {
        if (node.index >= on_node_.size()) on_node_.resize(node.index + 1);
        on_node_[node.index] = {node.cpus, node.memory, (open_ & node.cpus).size()};
    }
}

CpuSet Board::cpus_on(const CpuSet &nodes) const {
    if (nodes.size() == 1) return cpus_of(nodes.first());
    CpuSet cpus;
    for (const unsigned node : nodes) cpus = cpus | cpus_of(node);
    return cpus;
}

CpuSet Board::free_for(Owner owner) const {
    const auto rest = rest_.find(owner);
    return rest == rest_.end() ? open_ : open_ | rest->second;
}

std::size_t Board::rest_of(Owner owner) const {
    const auto rest = rest_.find(owner);
    return rest == rest_.end() ? 0 : rest->second.size();
}

std::vector<unsigned> Board::pool_by_load() const {
    std::vector<unsigned> cpus(pool_cpus_.begin(), pool_cpus_.end());
    std::stable_sort(cpus.begin(), cpus.end(),
                     [this](unsigned left, unsigned right) { return pool_load_.at(left) < pool_load_.at(right); });
    return cpus;
}

CpuSet Board::claim_of(const CpuSet &cpus) const {
    return claim(cpus, *topology_);
}

CpuSet Board::whole_cores(const CpuSet &cpus) const {
    CpuSet whole;
    for (const unsigned cpu : cpus)
        if (const auto core = core_at(cpu); core != none) whole = whole | cores_[core].cpus;
    return whole;
}

unsigned Board::trouble_for_vcpus(const Core &core) const {
    if (core.cpus.intersects(interrupted_)) return 2;
    return unbalanced_.contains(core.cpus) ? 0 : 1;
}

std::vector<Board::Part> Board::parts_of(Owner owner, const CpuSet &cpus, const CpuSet &avoid, const CacheRanks &caches,
                                         Trouble trouble) const {
    std::map<std::size_t, CpuSet> by_core;
    for (const unsigned cpu : cpus) by_core[core_at_[cpu]].insert(cpu);
    std::vector<Part> parts;
    for (auto &[at, part] : by_core) {
        const Core &core = cores_[at];
        const auto cache = caches.find(core.cache);
        parts.push_back({{core.owner != owner, core.cpus.intersects(avoid), (this->*trouble)(core),
                          cache == caches.end() ? none : cache->second, core.owner != pool},
                         std::move(part)});
    }
    std::sort(parts.begin(), parts.end(), [](const Part &left, const Part &right) {
        const auto order = [](const Part &part) { return std::tuple(part.rank, -part.cpus.size(), part.cpus.first()); };
        return order(left) < order(right);
    });
    return parts;
}

std::vector<unsigned> Board::in_order(Owner owner, const CpuSet &cpus, const CpuSet &avoid,
                                      const CacheRanks &caches) const {
    std::vector<unsigned> order;
    for (const Part &part : parts_of(owner, cpus, avoid, caches, &Board::no_trouble))
        order.insert(order.end(), part.cpus.begin(), part.cpus.end());
    return order;
}

std::vector<unsigned> Board::fitting(std::size_t number, Owner owner, const CpuSet &cpus, const CpuSet &avoid,
                                     const CacheRanks &caches) const {
    auto parts = parts_of(owner, cpus, avoid, caches, &Board::trouble_for_vcpus);
    std::vector<unsigned> taken;
    while (taken.size() < number) {
        const auto rank = parts.front().rank;
        const auto end = std::find_if(parts.begin(), parts.end(), [&](const Part &part) { return part.rank != rank; });
        // They are sorted from the largest to the smallest: the largest that is used up, else the smallest.
        const auto is_used_up = [&](const Part &part) { return part.cpus.size() <= number - taken.size(); };
        auto best = std::find_if(parts.begin(), end, is_used_up);
        if (best == end) {
            const auto smallest = std::prev(end)->cpus.size();
            best = std::find_if(parts.begin(), end, [&](const Part &part) { return part.cpus.size() == smallest; });
        }
        for (const unsigned cpu : best->cpus)
            if (taken.size() < number) taken.push_back(cpu);
        parts.erase(best);
    }
    return taken;
}

/// Nobody may sit on what is free of an outsider's core.
void Board::give(Core &core, Owner owner) {
    if (core.owner == owner) return;
    if (core.owner == nobody) {
        const CpuSet free = open_ & core.cpus;
        open_ = open_ - free;
        if (core.node < on_node_.size()) on_node_[core.node].open -= free.size();
        CpuSet &rest = rest_[owner];
        rest = rest | free;
        core.owner = owner;
    } else {
        CpuSet &rest = rest_[core.owner];
        rest = rest - core.cpus;
        core.owner = outsider;
    }
}

void Board::reserve(Owner owner, unsigned cpu) {
    give(cores_[core_at_[cpu]], owner);
}

void Board::take(Owner owner, const CpuSet &cpus) {
    for (const unsigned cpu : cpus) {
        const auto at = core_at(cpu);
        if (at == none) continue;
        give(cores_[at], owner);
        rest_[cores_[at].owner].erase(cpu);
    }
}

void Board::take_shared(Owner owner, const CpuSet &cpus, std::size_t queues) {
    for (const unsigned cpu : cpus) {
        if (cores_[core_at_[cpu]].owner == owner) {
            take(owner, {cpu});
            continue;
        }
        take(pool, {cpu});
        pool_cpus_.insert(cpu);
        pool_load_[cpu] += (queues + cpus.size() - 1) / cpus.size();
    }
}

void Board::take_memory(unsigned node, std::uint64_t bytes) {
    std::uint64_t &left = on_node_.at(node).memory_left;
    left -= std::min(left, bytes);
}

}  // namespace kvmtune::plan
