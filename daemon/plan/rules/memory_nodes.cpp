// A guest's memory is bound to the nodes of its seat, mostly one. Restrictive by default: then its nodeset can still be
// changed while the guest runs, and QEMU itself need not know of it.
#include "daemon/plan/guest_cells.hpp"
#include "daemon/plan/memory_home.hpp"
#include "daemon/plan/rules/rules.hpp"

namespace kvmtune::plan::rules {

namespace {

std::string text_of(MemoryPolicy mode) {
    switch (mode) {
        case MemoryPolicy::restrictive:
            return "restrictive";
        case MemoryPolicy::strict:
            return "strict";
        case MemoryPolicy::preferred:
            return "preferred";
        case MemoryPolicy::off:
            break;
    }
    return "";
}

/// The CPUs that its vCPUs will be pinned to, by us or by the user.
CpuSet vcpu_cpus(const DomainFacts &facts, const Seat &seat) {
    CpuSet cpus;
    for (const auto &[vcpu, pin] : seat.vcpus) cpus = cpus | pin;
    for (const auto &[vcpu, pin] : facts.vcpupins)
        if (seat.vcpus.count(vcpu) == 0) cpus = cpus | pin;
    return cpus;
}

/// What the rule looks at: one domain, and the nodes of its seat.
struct BoundMemory {
    const Situation &situation;
    const Placement &placement;
    const HugePagePlan &pages;
    const DomainSituation &domain;
    const Seat &seat;
    CpuSet nodes;
    MirroredCells cells;

    [[nodiscard]] std::string objection() const;
    [[nodiscard]] bool has_all_vcpus() const;
    [[nodiscard]] std::vector<Target> requirements() const;
};

bool BoundMemory::has_all_vcpus() const {
    CpuSet cpus;
    for (const unsigned index : nodes)
        if (const Node *const node = situation.host.topology.node(index)) cpus = cpus | node->cpus;
    return cpus.contains(vcpu_cpus(domain.facts, seat));
}

/// Why its memory is not bound to the nodes; empty if it may be.
std::string BoundMemory::objection() const {
    const DomainFacts &facts = domain.facts;
    const std::string home = nodes_text(nodes);
    if (facts.memory_by_cell) return "the user wrote nodes for its cells one by one";
    if (nodes.size() > 1 && domain.policy->memory == MemoryPolicy::preferred)
        return "numatune's preferred takes one node, and its vCPUs are on " + home;
    if (!has_all_vcpus()) return "some of its vCPUs are pinned beyond " + home;
    if (!emulator_reaches(domain, situation, placement, nodes))
        return "its emulatorpin shares no CPU with " + home + ", and QEMU would not start with huge pages there";
    if (facts.backing.hugepages)
        if (auto reason = objection_to_mode(mode_of_qemu(domain), situation.host); !reason.empty()) return reason;
    if (facts.backing.hugepages && !pages.covers(facts.uuid))
        return "its own huge pages are not sure to be there on " + home;
    return "";
}

/// A guest with huge pages of its own needs them on these nodes first.
std::vector<Target> BoundMemory::requirements() const {
    const auto claim = pages.claims.find(domain.facts.uuid);
    if (!domain.facts.backing.hugepages || claim == pages.claims.end()) return {};
    return pages.targets_for(claim->second);
}

void propose(Proposal &proposal, const BoundMemory &subject) {
    const DomainSituation &domain = subject.domain;
    const std::string reason = subject.objection();
    if (!reason.empty()) {
        proposal.findings.push_back({domain.facts.name, "its memory is bound to no node: " + reason});
        return;
    }
    // libvirt takes other modes for cells only where all of the memory has one too.
    const MemoryPolicy mode = subject.cells.are_shown() ? MemoryPolicy::strict : domain.policy->memory;
    const auto add = [&](const std::string &name, const std::string &value) {
        proposal.wishes.push_back({{TargetKind::element, domain.facts.uuid, "numatune/memory/" + name},
                                   value,
                                   "numatune: its memory on " + nodes_text(subject.nodes) + ", where its vCPUs are (" +
                                       domain.policy->source + ")",
                                   mode == MemoryPolicy::strict ? Disruption::binding : Disruption::next_boot,
                                   subject.requirements()});
    };
    add("mode", text_of(mode));
    add("nodeset", subject.nodes.text());
}

}  // namespace

Proposal memory_nodes(const Situation &situation, const Placement &placement, const HugePagePlan &pages) {
    Proposal proposal;
    if (situation.host.topology.nodes.size() < 2) return proposal;
    for (const DomainSituation &domain : situation.domains) {
        const Seat *const seat = placement.seat_of(domain.facts.uuid);
        if (is_bound_by_us(domain) && seat != nullptr && !seat->nodes.empty())
            propose(proposal, {situation, placement, pages, domain, *seat, seat->nodes,
                               mirrored_cells(domain, situation, placement)});
    }
    return proposal;
}

}  // namespace kvmtune::plan::rules
