#include "daemon/plan/guest_pages.hpp"

#include <algorithm>

namespace kvmtune::plan {

std::uint64_t whole_pages(std::uint64_t bytes, std::uint64_t page_kib) {
    const std::uint64_t page = page_kib * 1024;
    return bytes / page + (bytes % page == 0 ? 0 : 1);
}

std::uint64_t pages_of_guest(const DomainFacts &facts, std::uint64_t page_kib) {
    std::uint64_t of_cells = 0;
    if (facts.cpu)
        for (const GuestCell &cell : facts.cpu->cells) of_cells += whole_pages(cell.memory, page_kib);
    return std::max(of_cells, whole_pages(facts.memory, page_kib));
}

std::vector<PagePiece> pieces_of_guest(const DomainFacts &facts, std::uint64_t page_kib) {
    if (facts.cell_nodes.empty() || !facts.cpu) return {{pages_of_guest(facts, page_kib), nodes_of_pages(facts)}};
    std::vector<PagePiece> pieces;
    for (const GuestCell &cell : facts.cpu->cells) {
        const auto own = facts.cell_nodes.find(cell.id);
        const auto nodes = own == facts.cell_nodes.end() ? nodes_of_pages(facts) : own->second;
        const auto same = [&](const PagePiece &piece) { return piece.nodes == nodes; };
        auto piece = std::find_if(pieces.begin(), pieces.end(), same);
        if (piece == pieces.end()) piece = pieces.insert(pieces.end(), {0, nodes});
        piece->pages += whole_pages(cell.memory, page_kib);
    }
    std::uint64_t in_cells = 0;
    for (const PagePiece &piece : pieces) in_cells += piece.pages;
    const std::uint64_t all = pages_of_guest(facts, page_kib);
    if (in_cells < all) pieces.push_back({all - in_cells, nodes_of_pages(facts)});
    std::stable_sort(pieces.begin(), pieces.end(), [](const PagePiece &left, const PagePiece &right) {
        return left.nodes && (!right.nodes || left.nodes->size() < right.nodes->size());
    });
    return pieces;
}

std::optional<CpuSet> nodes_of_pages(const DomainFacts &facts) {
    return facts.memory_mode == "preferred" ? std::nullopt : facts.memory_nodes;
}

bool is_of_whole_pages(const DomainFacts &facts, std::uint64_t page_kib) {
    const std::uint64_t page = page_kib * 1024;
    return facts.memory % page == 0 &&
           (!facts.cpu || std::all_of(facts.cpu->cells.begin(), facts.cpu->cells.end(),
                                      [&](const GuestCell &cell) { return cell.memory % page == 0; }));
}

}  // namespace kvmtune::plan
