#include "daemon/plan/guest_cells.hpp"

#include <algorithm>
#include <optional>
#include <sstream>

#include "base/number.hpp"
#include "daemon/plan/left_alone.hpp"
#include "daemon/plan/memory_home.hpp"

namespace kvmtune::plan {

namespace {

/// Whether the user says something of cells and of where memory is, which stays. Huge pages of the user's own are made
/// wherever his definition lets them be.
bool has_own_memory_layout(const DomainSituation &domain) {
    const DomainFacts &facts = domain.facts;
    return facts.backing.hugepages || facts.memory_by_cell || has_memory_nodes(domain) || facts.hotplug_memory ||
           (facts.cpu && !facts.cpu->cells.empty());
}

/// Whether cells could be ours at all. Those that a guest is shown already are not taken from under what the user has
/// written since, which may name them.
bool is_asked_for(const DomainSituation &domain) {
    const DomainFacts &facts = domain.facts;
    if (!rewritable(domain) || !wants(domain, "cells") || !domain.policy->cells) return false;
    if (reason_to_keep_cpu_model(facts) || reason_to_keep_topology(facts)) return false;
    const MemoryPolicy memory = domain.policy->memory;
    const bool binds = wants(domain, "numatune") && memory != MemoryPolicy::off && memory != MemoryPolicy::preferred;
    const bool may_have_some = !domain.present.cells.empty() || !has_own_memory_layout(domain);
    return binds && allows(domain, Disruption::binding) && may_have_some && !facts.automatic_placement &&
           facts.memory > 0;
}

/// The nodes of the CPUs that these vCPUs are pinned to; nullopt if one of them is not pinned by us.
std::optional<CpuSet> nodes_of(const CpuSet &vcpus, const Seat &seat, const Topology &topology) {
    CpuSet nodes;
    for (const unsigned vcpu : vcpus) {
        const auto pin = seat.vcpus.find(vcpu);
        if (pin == seat.vcpus.end()) return std::nullopt;
        for (const unsigned cpu : pin->second)
            if (const auto node = topology.node_of(cpu)) nodes.insert(*node);
    }
    return nodes;
}

/// The largest of the policy's page sizes of which its memory is a multiple, in bytes; 1 KiB if it is of none.
std::uint64_t unit_of(const DomainFacts &facts, const HugePagePolicy &policy) {
    std::uint64_t unit = 1024;
    for (const std::uint64_t page_kib : policy.page_kib)
        if (facts.memory % (page_kib * 1024) == 0) unit = std::max(unit, page_kib * 1024);
    return unit;
}

/// Whether a topology that the user wrote and that stays has sockets of which parts are in several cells.
bool has_sockets_across(const DomainSituation &domain, std::size_t cells) {
    const auto &cpu = domain.facts.cpu;
    const bool stays = !names(domain, "topology") || !domain.policy->cpu_topology;
    return cpu && cpu->topology && stays && cpu->topology->sockets % cells != 0;
}

/// As many cells as nodes, with the same number of vCPUs each, in order; none if the vCPUs do not sit that way.
std::vector<GuestCell> cells_on(const Seat &seat, const DomainFacts &facts, std::uint64_t unit,
                                const Topology &topology) {
    const auto count = static_cast<unsigned>(seat.nodes.size());
    const std::uint64_t units = facts.memory / unit;
    if (facts.vcpus % count != 0 || units < count) return {};
    const unsigned share = facts.vcpus / count;
    std::vector<GuestCell> cells;
    CpuSet seen;
    for (unsigned id = 0; id < count; ++id) {
        const std::uint64_t part = units / count + (id < units % count ? 1 : 0);
        cells.push_back({id, CpuSet::range(id * share, (id + 1) * share - 1), part * unit});
        const auto nodes = nodes_of(cells.back().vcpus, seat, topology);
        if (!nodes || nodes->size() != 1 || nodes->intersects(seen)) return {};
        seen = seen | *nodes;
    }
    return cells;
}

/// Whether cells that it was shown are still those of its vCPUs and memory.
bool still_fit(const std::vector<GuestCell> &cells, const DomainFacts &facts) {
    CpuSet vcpus;
    std::uint64_t memory = 0;
    for (const GuestCell &cell : cells) {
        vcpus = vcpus | cell.vcpus;
        memory += cell.memory;
    }
    return !cells.empty() && memory == facts.memory && vcpus == CpuSet::range(0, facts.vcpus - 1);
}

/// No cells; why is of interest only where the section asks for them.
MirroredCells refused(const MirroredCells &mirrored, const std::string &why) {
    return {{}, {}, mirrored.allowed ? why : "", mirrored.allowed};
}

}  // namespace

std::map<unsigned, std::uint64_t> MirroredCells::bytes() const {
    std::map<unsigned, std::uint64_t> bytes;
    for (std::size_t id = 0; id < cells.size(); ++id)
        for (const unsigned node : nodes[id]) bytes[node] += cells[id].memory / nodes[id].size();
    return bytes;
}

MirroredCells mirrored_cells(const DomainSituation &domain, const Situation &situation, const Placement &placement) {
    const Seat *const found = placement.seat_of(domain.facts.uuid);
    if (!is_asked_for(domain) || found == nullptr) return {};
    const Seat &seat = *found;
    const Topology &topology = situation.host.topology;
    const bool are_shown = still_fit(domain.present.cells, domain.facts);
    if (!are_shown && (seat.nodes.size() < 2 || situation.host_only)) return {};
    MirroredCells mirrored;
    mirrored.allowed = allows(domain, Disruption::guest_abi);
    mirrored.cells =
        are_shown ? domain.present.cells
                  : cells_on(seat, domain.facts, unit_of(domain.facts, situation.policy.host.hugepages), topology);
    if (mirrored.cells.empty())
        return refused(mirrored, "its vCPUs or its memory cannot be shared out evenly and in order over " +
                                     nodes_text(seat.nodes));
    if (!are_shown && has_sockets_across(domain, mirrored.cells.size()))
        return refused(mirrored, "the sockets of its topology would be on several of " + nodes_text(seat.nodes));
    if (const auto reason = objection_to_mode("strict", situation.host);
        domain.facts.backing.allocation == "immediate" && !reason.empty())
        return refused(mirrored, reason);
    for (const GuestCell &cell : mirrored.cells) {
        const auto nodes = nodes_of(cell.vcpus, seat, topology);
        if (!nodes || nodes->empty()) return {};
        if (!emulator_reaches(domain, situation, placement, *nodes))
            return refused(mirrored, "its emulatorpin shares no CPU with " + nodes_text(*nodes));
        mirrored.nodes.push_back(*nodes);
    }
    return mirrored;
}

std::string text_of(const std::vector<GuestCell> &cells) {
    std::string text;
    for (const GuestCell &cell : cells)
        text += (text.empty() ? "" : " ") + cell.vcpus.text() + ":" + std::to_string(cell.memory / 1024);
    return text;
}

std::vector<GuestCell> cells_from(const std::string &text) {
    std::vector<GuestCell> cells;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        const auto colon = std::min(word.find(':'), word.size() - 1);
        auto vcpus = CpuSet::parse(word.substr(0, colon));
        const auto kib = whole_number<std::uint64_t>(word.substr(colon + 1));
        if (!vcpus || vcpus->empty() || !kib) return {};
        cells.push_back({static_cast<unsigned>(cells.size()), *std::move(vcpus), *kib * 1024});
    }
    return cells;
}

}  // namespace kvmtune::plan
