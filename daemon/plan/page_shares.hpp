// How the huge pages of a guest that is on several NUMA nodes are divided over them. Without cells of its own it knows
// nothing of the host's nodes, and uses all of its memory alike from all vCPUs: so as evenly as there is room.
#pragma once

#include <cstdint>
#include <map>

#include "base/cpu_set.hpp"

namespace kvmtune::plan {

using PageShares = std::map<unsigned, std::uint64_t>;  ///< pages by NUMA node; nodes without any are left out

/// The same number on each node; what is left over is on the first ones.
[[nodiscard]] PageShares even_shares(std::uint64_t pages, const CpuSet &nodes);

/// No more on a node than it has room for, the rest as even as it goes. All of them together have fewer than pages if
/// there is not room for more.
[[nodiscard]] PageShares shares_within(std::uint64_t pages, const PageShares &room);

}  // namespace kvmtune::plan
