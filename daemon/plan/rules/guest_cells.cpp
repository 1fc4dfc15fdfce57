// NUMA cells of guests that are spread over several of the host's nodes, and where the memory of each comes from. Only
// with its section's consent.
#include "daemon/plan/guest_cells.hpp"

#include "daemon/plan/memory_home.hpp"
#include "daemon/plan/rules/rules.hpp"

namespace kvmtune::plan::rules {

namespace {

/// "0 1": the nodes of each cell, as the element target numatune/memnode has them.
std::string nodes_of(const MirroredCells &mirrored) {
    std::string text;
    for (const CpuSet &nodes : mirrored.nodes) text += (text.empty() ? "" : " ") + nodes.text();
    return text;
}

void propose(Proposal &proposal, const DomainSituation &domain, const MirroredCells &mirrored) {
    const auto add = [&](const std::string &element, const std::string &value, const std::string &because) {
        proposal.wishes.push_back({{TargetKind::element, domain.facts.uuid, element},
                                   value,
                                   "cells: " + because + " (" + domain.policy->source + ")",
                                   Disruption::guest_abi,
                                   {}});
    };
    CpuSet all;
    for (const CpuSet &nodes : mirrored.nodes) all = all | nodes;
    add("cpu/numa", text_of(mirrored.cells),
        "its vCPUs and its memory are on " + nodes_text(all) + ", and it is shown which of them are near each other");
    if (mirrored.allowed)
        add("numatune/memnode", nodes_of(mirrored), "the memory of each of its NUMA cells is near its vCPUs");
}

}  // namespace

Proposal guest_cells(const Situation &situation, const Placement &placement) {
    Proposal proposal;
    for (const DomainSituation &domain : situation.domains) {
        const MirroredCells mirrored = mirrored_cells(domain, situation, placement);
        if (!mirrored.cells.empty()) propose(proposal, domain, mirrored);
        if (!mirrored.why_not.empty())
            proposal.findings.push_back({domain.facts.name, "it is shown no NUMA cells: " + mirrored.why_not});
    }
    return proposal;
}

}  // namespace kvmtune::plan::rules
