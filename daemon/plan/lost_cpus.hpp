// CPUs that threads are pinned to and that are offline, or not there at all.
#pragma once

#include <vector>

#include "daemon/plan/placement/placement.hpp"
#include "daemon/plan/situation.hpp"

namespace kvmtune::plan {

/// Findings on a domain: that vCPUs have CPUs from us which are not online, with those that they get instead; that a
/// definition has pins of somebody's of which no CPU is online, or some could never be there, with which libvirt does
/// not start it ("cannot set CPU affinity on process", "Numerical result out of range"); that the kernel lets such
/// threads of what runs go anywhere; that pins lack CPUs which somebody took offline.
[[nodiscard]] std::vector<Finding> lost_cpus(const Situation &situation, const Placement &placement);

}  // namespace kvmtune::plan
