#include "daemon/plan/memory_home.hpp"

namespace kvmtune::plan {

namespace {

const Seat *seat_of(const DomainSituation &domain, const Placement &placement) {
    const auto seat = placement.seats.find(domain.facts.uuid);
    return seat == placement.seats.end() ? nullptr : &seat->second;
}

MemoryHome nowhere(const std::string &why_not) {
    return {{}, {}, why_not};
}

MemoryHome home_of_user(const Topology &topology, const CpuSet &nodes) {
    MemoryHome home{nodes, {}, nodes.empty() ? "its numatune names no node" : ""};
    for (const unsigned node : nodes) {
        if (topology.node(node) == nullptr)
            return nowhere("its numatune names node " + std::to_string(node) + ", which this host has not");
        home.weight[node] = 1;
    }
    return home;
}

/// As its vCPUs are.
MemoryHome home_of_seat(const Topology &topology, const Seat &seat) {
    MemoryHome home{seat.nodes, {}, ""};
    for (const auto &[vcpu, cpus] : seat.vcpus)
        if (const auto node = topology.node_of(cpus.first()); node && seat.nodes.contains(*node)) ++home.weight[*node];
    for (const unsigned node : seat.nodes) home.weight.emplace(node, 1);
    return home;
}

}  // namespace

bool has_memory_nodes(const DomainSituation &domain) {
    const DomainFacts &facts = domain.facts;
    return (facts.memory_mode || facts.memory_nodes) && !names(domain, "numatune");
}

bool is_bound_by_us(const DomainSituation &domain) {
    return rewritable(domain) && wants(domain, "numatune") && domain.policy->memory != MemoryPolicy::off &&
           !domain.facts.automatic_placement && !has_memory_nodes(domain);
}

bool takes_memory_along(const DomainSituation &domain) {
    const DomainFacts &facts = domain.facts;
    const bool pinned = !facts.vcpupins.empty() || facts.emulatorpin || facts.vcpu_cpuset;
    return domain.running && domain.movable_memory && is_bound_by_us(domain) && !pinned && !facts.memory_by_cell &&
           !facts.backing.hugepages && domain.policy->memory != MemoryPolicy::preferred;
}

std::string mode_of_qemu(const DomainSituation &domain) {
    std::string mode;
    if (has_memory_nodes(domain)) {
        mode = domain.facts.memory_mode.value_or("strict");
    } else if (wants(domain, "numatune") && domain.policy->memory == MemoryPolicy::strict) {
        mode = "strict";
    } else if (wants(domain, "numatune") && domain.policy->memory == MemoryPolicy::preferred) {
        mode = "preferred";
    }
    return mode == "restrictive" ? "" : mode;
}

std::string objection_to_mode(const std::string &mode, const HostFacts &host) {
    if (mode.empty() || host.qemu_reads_nodes == true) return "";
    return "numatune is " + mode +
           ", and QEMU would not start where AppArmor keeps the CPUs of NUMA nodes from it (restrictive does, or "
           "`/sys/devices/system/node/node[0-9]*/cpumap r,` in /etc/apparmor.d/local/abstractions/libvirt-qemu)";
}

MemoryHome memory_home(const DomainSituation &domain, const Situation &situation, const Placement &placement) {
    const DomainFacts &facts = domain.facts;
    const Topology &topology = situation.host.topology;
    if (facts.automatic_placement) return nowhere("placement='auto' leaves its memory to numad");
    if (facts.memory_by_cell) return nowhere("its numatune has nodes for its cells one by one");
    if (has_memory_nodes(domain)) return home_of_user(topology, facts.memory_nodes.value_or(CpuSet{}));
    if (topology.nodes.size() == 1)
        return {CpuSet{topology.nodes.front().index}, {{topology.nodes.front().index, 1}}, ""};
    const Seat *const seat = seat_of(domain, placement);
    if (seat == nullptr || seat->nodes.empty()) return nowhere("it has no seat, and its memory no nodes");
    if (seat->nodes.size() > 1 && mode_of_qemu(domain) == "preferred")
        return nowhere("numatune's preferred takes one node, and its vCPUs are on " + nodes_text(seat->nodes));
    return home_of_seat(topology, *seat);
}

bool emulator_reaches(const DomainSituation &domain, const Situation &situation, const Placement &placement,
                      const CpuSet &nodes) {
    CpuSet near;
    for (const unsigned node : nodes)
        if (const Node *const one = situation.host.topology.node(node)) near = near | one->cpus;
    if (near.empty()) return false;
    const Seat *const seat = seat_of(domain, placement);
    const DomainFacts &facts = domain.facts;
    if (seat != nullptr && seat->emulator) return seat->emulator->intersects(near);
    if (facts.emulatorpin) return facts.emulatorpin->intersects(near);
    return !facts.vcpu_cpuset || facts.vcpu_cpuset->intersects(near);
}

std::string nodes_text(const CpuSet &nodes) {
    return (nodes.size() == 1 ? "node " : "nodes ") + nodes.text();
}

}  // namespace kvmtune::plan
