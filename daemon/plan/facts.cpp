#include "daemon/plan/facts.hpp"

#include <iterator>

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

const Node *Topology::node(unsigned index) const {
    const auto found = std::find_if(nodes.begin(), nodes.end(), [&](const Node &one) { return one.index == index; });
    return found == nodes.end() ? nullptr : &*found;
}

std::uint64_t NodeMemory::in_blocks_for(std::uint64_t page_kib) const {
    if (free_blocks.empty()) return 0;
    const auto largest = std::prev(free_blocks.end());
    std::uint64_t bytes = 0;
    for (auto at = std::min(page_kib, largest->first); const auto &[kib, count] : free_blocks)
        if (kib >= at) bytes += kib * 1024 * count;
    return bytes;
}

const SysctlLine *HostFacts::last_line(const std::string &sysctl) const {
    const auto found = std::find_if(sysctl_lines.rbegin(), sysctl_lines.rend(),
                                    [&](const SysctlLine &line) { return line.sysctl == sysctl; });
    return found == sysctl_lines.rend() ? nullptr : &*found;
}

std::string HostFacts::bridge_of(const NicFacts &nic) const {
    if (!nic.bridge.empty()) return nic.bridge;
    for (const NetworkFacts &network : networks)
        if (nic.type == "network" && network.name == nic.network) return network.bridge;
    const auto tap = std::find_if(links.begin(), links.end(),
                                  [&](const Link &link) { return !nic.tap.empty() && link.name == nic.tap; });
    return tap == links.end() ? std::string() : tap->master;
}

bool NicFacts::is_virtio() const {
    return model == "virtio" || model == "virtio-transitional" || model == "virtio-non-transitional";
}

}  // namespace kvmtune::plan
