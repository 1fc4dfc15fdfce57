// How good a placement is, to compare two of the same guests.
#pragma once

#include <vector>

#include "daemon/plan/placement/placement.hpp"

namespace kvmtune::plan {

[[nodiscard]] Quality quality_of(const Topology &topology, const std::vector<SeatRequest> &requests,
                                 const Placement &placement);

}  // namespace kvmtune::plan
