// How many huge pages a guest's memory takes.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "daemon/plan/facts.hpp"

namespace kvmtune::plan {

/// So many bytes in whole pages.
[[nodiscard]] std::uint64_t whole_pages(std::uint64_t bytes, std::uint64_t page_kib);

/// Pages of this size for all its memory. QEMU rounds each piece of memory up to whole pages (file_ram_alloc in its
/// softmmu/physmem.c), and a guest's NUMA cells are a piece each.
[[nodiscard]] std::uint64_t pages_of_guest(const DomainFacts &facts, std::uint64_t page_kib);

/// A part of a guest's memory, in pages, and the nodes that they must be on; nullopt: any will do.
struct PagePiece {
    std::uint64_t pages = 0;
    std::optional<CpuSet> nodes;

    bool operator==(const PagePiece &) const = default;
};

/// All of its memory, in one piece; where cells of it have nodes of their own, a piece for each set of nodes, those
/// with the fewest first, and one for what is plugged in beside its cells.
[[nodiscard]] std::vector<PagePiece> pieces_of_guest(const DomainFacts &facts, std::uint64_t page_kib);

/// The nodes that its pages must be on; nullopt: any will do, as where the definition only prefers some.
[[nodiscard]] std::optional<CpuSet> nodes_of_pages(const DomainFacts &facts);

/// Whether each piece of its memory is of whole pages. Where it is not, QEMU before 9.1 does not start if it is to bind
/// the memory to a node: mbind(2) takes no part of a huge page.
[[nodiscard]] bool is_of_whole_pages(const DomainFacts &facts, std::uint64_t page_kib);

}  // namespace kvmtune::plan
