// The devices of hardware by which guests' packets leave the host.
#pragma once

#include <vector>

#include "daemon/plan/situation.hpp"

namespace kvmtune::plan {

/// Links of hardware that are ports of this bridge or bond, or of a bond or bridge that is one, in the host's order.
[[nodiscard]] std::vector<const Link *> hardware_below(const std::string &master, const HostFacts &host);

/// Those below the bridges of all domains' NICs, each once. The situation must outlive them.
[[nodiscard]] std::vector<const Link *> uplinks_of(const Situation &situation);

}  // namespace kvmtune::plan
