#include "daemon/hook/missing_pages.hpp"

#include <algorithm>
#include <cstdlib>

#include "daemon/facts/memory.hpp"
#include "daemon/plan/guest_pages.hpp"
#include "daemon/plan/pool.hpp"

namespace kvmtune::hook {

namespace {

std::uint64_t number_in(const Root &root, const std::string &file) {
    return std::strtoull(root.read(file).value_or("0").c_str(), nullptr, 10);
}

/// Pages that the kernel makes beyond the pools when they are asked for (surplus pages), on whatever node.
std::uint64_t pages_on_top(const Root &root, std::uint64_t page_kib) {
    const std::string size = "sys/kernel/mm/hugepages/hugepages-" + std::to_string(page_kib) + "kB/";
    const auto most = number_in(root, size + "nr_overcommit_hugepages");
    return most - std::min(most, number_in(root, size + "surplus_hugepages"));
}

}  // namespace

std::string pages_missing_for(const Root &root, const plan::DomainFacts &facts) {
    const auto &backing = facts.backing;
    if (!backing.hugepages || backing.pages_by_node || facts.memory_by_cell || facts.memory == 0) return "";
    const auto page_kib = backing.page_kib.value_or(facts::default_page_kib(root));
    const auto nodes = plan::nodes_of_pages(facts);
    std::uint64_t free = pages_on_top(root, page_kib);
    for (const auto &pool : facts::pools(root))
        if (pool.page_kib == page_kib && (!nodes || nodes->contains(pool.node))) free += pool.free;
    const auto needed = plan::pages_of_guest(facts, page_kib);
    if (free >= needed) return "";
    return (nodes ? "node " + nodes->text() : "this host") + " has " + std::to_string(free) + " free huge pages of " +
           plan::page_text(page_kib) + ", its memory needs " + std::to_string(needed) +
           ": stop a guest that has some, or make " + std::to_string(needed - free) +
           " more (`kvmtune plan` says what is in the way)";
}

}  // namespace kvmtune::hook
