// What is said of a guest that gets no seat: what it asked for, what is there, and what would do.
#pragma once

#include <string>

#include "daemon/plan/placement/placement.hpp"

namespace kvmtune::plan {

[[nodiscard]] Finding shortage(const SeatRequest &request, const Placement &placement, const CpuSet &housekeeping);

}  // namespace kvmtune::plan
