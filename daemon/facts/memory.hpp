// The host's memory: its size, its NUMA nodes and their pools of huge pages. What is missing is empty, not an error.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "base/result.hpp"
#include "base/root.hpp"
#include "daemon/plan/facts.hpp"
#include "daemon/plan/pool.hpp"

namespace kvmtune::facts {

/// MemTotal of /proc/meminfo in bytes; 0 if it is not known.
[[nodiscard]] std::uint64_t memory(const Root &root);

/// Hugepagesize of /proc/meminfo in KiB; 2048 if it is not known.
[[nodiscard]] std::uint64_t default_page_kib(const Root &root);

/// Each node's memory, by node, and its free blocks. Free is MemFree and the cache of files, which the kernel gives up
/// for huge pages.
[[nodiscard]] std::vector<plan::NodeMemory> node_memory(const Root &root);

/// All pools, by node and page size.
[[nodiscard]] std::vector<plan::HugePagePool> pools(const Root &root);

/// One pool; not_found if the kernel has no such node or page size.
[[nodiscard]] Result<plan::HugePagePool> pool(const Root &root, const plan::PoolName &name);

/// Pages that the kernel still makes beyond all pools of a size when they are asked for (surplus pages, as
/// nr_overcommit_hugepages has it), on whatever node; 0 if it is not known.
[[nodiscard]] std::uint64_t pages_on_top(const Root &root, std::uint64_t page_kib);

/// The word in brackets of "always [madvise] never": when memory is of transparent huge pages; empty without them.
[[nodiscard]] std::string transparent_pages(const Root &root);

/// Page sizes in KiB for which a hugetlbfs is mounted: libvirt wants one. nullopt without a /proc/mounts.
[[nodiscard]] std::optional<std::set<std::uint64_t>> hugetlbfs_pages(const Root &root);

}  // namespace kvmtune::facts
