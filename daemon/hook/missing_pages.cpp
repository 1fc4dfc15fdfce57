#include "daemon/hook/missing_pages.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "daemon/facts/memory.hpp"
#include "daemon/plan/guest_pages.hpp"
#include "daemon/plan/memory_home.hpp"
#include "daemon/plan/pool.hpp"

namespace kvmtune::hook {

namespace {

/// The free pages of a host that pieces of a guest take, one after the other.
struct FreePages {
    std::vector<plan::HugePagePool> pools;
    std::uint64_t on_top = 0;  ///< that the kernel would make

    /// How many of these pages are not to be had.
    std::uint64_t missing(const plan::PagePiece &piece) {
        std::uint64_t left = piece.pages;
        const auto take = [&](std::uint64_t &from) {
            const auto part = std::min(left, from);
            from -= part;
            left -= part;
        };
        for (auto &pool : pools)
            if (!piece.nodes || piece.nodes->contains(pool.node)) take(pool.free);
        take(on_top);
        return left;
    }
};

std::string where_it_is(const std::optional<CpuSet> &nodes) {
    if (!nodes) return "this host has";
    return plan::nodes_text(*nodes) + (nodes->size() > 1 ? " together have" : " has");
}

}  // namespace

std::string pages_missing_for(const Root &root, const plan::DomainFacts &facts) {
    const auto &backing = facts.backing;
    if (!backing.hugepages || backing.pages_by_node || facts.memory == 0) return "";
    const auto page_kib = backing.page_kib.value_or(facts::default_page_kib(root));
    FreePages free{facts::pools(root), facts::pages_on_top(root, page_kib)};
    std::erase_if(free.pools, [&](const plan::HugePagePool &pool) { return pool.page_kib != page_kib; });
    for (const auto &piece : plan::pieces_of_guest(facts, page_kib)) {
        const auto missing = free.missing(piece);
        if (missing == 0) continue;
        return where_it_is(piece.nodes) + " " + std::to_string(piece.pages - missing) + " free huge pages of " +
               plan::page_text(page_kib) + ", its memory needs " + std::to_string(piece.pages) +
               ": stop a guest that has some, or make " + std::to_string(missing) +
               " more (`kvmtune plan` says what is in the way)";
    }
    return "";
}

}  // namespace kvmtune::hook
