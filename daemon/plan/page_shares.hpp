// How the huge pages of a guest that is on several NUMA nodes are divided over them: as its vCPUs are, for their memory
// is best near them; where a node has no room for that, as evenly as there is room.
#pragma once

#include <cstdint>
#include <map>

namespace kvmtune::plan {

using PageShares = std::map<unsigned, std::uint64_t>;  ///< pages by NUMA node; nodes without any are left out

/// In proportion to these weights by node, which are small: a number of vCPUs, or 1 each. What is left over goes to the
/// first ones.
[[nodiscard]] PageShares weighted_shares(std::uint64_t pages, const std::map<unsigned, std::uint64_t> &weights);

/// No more on a node than it has room for, the rest as even as it goes. All of them together have fewer than pages if
/// there is not room for more.
[[nodiscard]] PageShares shares_within(std::uint64_t pages, const PageShares &room);

}  // namespace kvmtune::plan
