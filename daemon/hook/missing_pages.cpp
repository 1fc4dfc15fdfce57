#include "daemon/hook/missing_pages.hpp"

#include "daemon/facts/memory.hpp"
#include "daemon/plan/guest_pages.hpp"
#include "daemon/plan/pool.hpp"

namespace kvmtune::hook {

std::string pages_missing_for(const Root &root, const plan::DomainFacts &facts) {
    const auto &backing = facts.backing;
    if (!backing.hugepages || backing.pages_by_node || facts.memory_by_cell || facts.memory == 0) return "";
    const auto page_kib = backing.page_kib.value_or(facts::default_page_kib(root));
    const auto nodes = plan::nodes_of_pages(facts);
    std::uint64_t free = facts::pages_on_top(root, page_kib);
    for (const auto &pool : facts::pools(root))
        if (pool.page_kib == page_kib && (!nodes || nodes->contains(pool.node))) free += pool.free;
    const auto needed = plan::pages_of_guest(facts, page_kib);
    if (free >= needed) return "";
    const std::string where = !nodes              ? "this host has"
                              : nodes->size() > 1 ? "nodes " + nodes->text() + " together have"
                                                  : "node " + nodes->text() + " has";
    return where + " " + std::to_string(free) + " free huge pages of " + plan::page_text(page_kib) +
           ", its memory needs " + std::to_string(needed) + ": stop a guest that has some, or make " +
           std::to_string(needed - free) + " more (`kvmtune plan` says what is in the way)";
}

}  // namespace kvmtune::hook
