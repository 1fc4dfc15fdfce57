#include "daemon/hook/missing_pages.hpp"

#include "daemon/facts/memory.hpp"
#include "daemon/plan/guest_pages.hpp"
#include "daemon/plan/pool.hpp"

namespace kvmtune::hook {

namespace {

/// Why this piece of a guest's memory cannot be had; on_top are pages that the kernel would make for it.
std::string missing_for(const Root &root, const plan::PagePiece &piece, std::uint64_t page_kib, std::uint64_t on_top) {
    const auto &nodes = piece.nodes;
    std::uint64_t free = on_top;
    for (const auto &pool : facts::pools(root))
        if (pool.page_kib == page_kib && (!nodes || nodes->contains(pool.node))) free += pool.free;
    if (free >= piece.pages) return "";
    const std::string where = !nodes              ? "this host has"
                              : nodes->size() > 1 ? "nodes " + nodes->text() + " together have"
                                                  : "node " + nodes->text() + " has";
    return where + " " + std::to_string(free) + " free huge pages of " + plan::page_text(page_kib) +
           ", its memory needs " + std::to_string(piece.pages) + ": stop a guest that has some, or make " +
           std::to_string(piece.pages - free) + " more (`kvmtune plan` says what is in the way)";
}

}  // namespace

std::string pages_missing_for(const Root &root, const plan::DomainFacts &facts) {
    const auto &backing = facts.backing;
    if (!backing.hugepages || backing.pages_by_node || facts.memory == 0) return "";
    const auto page_kib = backing.page_kib.value_or(facts::default_page_kib(root));
    const auto on_top = facts::pages_on_top(root, page_kib);
    for (const auto &piece : plan::pieces_of_guest(facts, page_kib))
        if (auto missing = missing_for(root, piece, page_kib, on_top); !missing.empty()) return missing;
    return "";
}

}  // namespace kvmtune::hook
