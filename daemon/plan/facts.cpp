#include "daemon/plan/facts.hpp"

namespace kvmtune::plan {

CpuSet Topology::all() const {
    CpuSet set;
    for (const auto &cpu : cpus) set.insert(cpu.index);
    return set;
}

CpuSet Topology::siblings(unsigned cpu) const {
    CpuSet set;
    for (const auto &one : cpus) {
        if (one.index != cpu) continue;
        for (const auto &other : cpus)
            if (other.core == one.core) set.insert(other.index);
    }
    return set;
}

std::optional<unsigned> Topology::node_of(unsigned cpu) const {
    for (const auto &one : cpus)
        if (one.index == cpu) return one.node;
    return std::nullopt;
}

}  // namespace kvmtune::plan
