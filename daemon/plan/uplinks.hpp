// The devices of hardware by which guests' packets leave the host.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/plan/situation.hpp"

namespace kvmtune::plan {

/// Links of hardware that are ports of this bridge or bond, or of a bond or bridge that is one, in the host's order.
[[nodiscard]] std::vector<const Link *> hardware_below(const std::string &master, const HostFacts &host);

/// The NUMA nodes of the bridges of all domains' NICs, by bridge: of the first link below one that is known to be on a
/// node.
[[nodiscard]] std::map<std::string, unsigned> uplink_nodes(const Situation &situation);

/// Those below the bridges of all domains' NICs, each once. The situation must outlive them.
[[nodiscard]] std::vector<const Link *> uplinks_of(const Situation &situation);

}  // namespace kvmtune::plan
