// CPUs that two owners each have for themselves, by the pins of definitions and by ours. Sets that several are meant to
// share are none: emulators, vhost workers, guests that share, a pin on more CPUs than there are threads for.
#pragma once

#include <vector>

#include "daemon/plan/placement/placement.hpp"
#include "daemon/plan/situation.hpp"

namespace kvmtune::plan {

/// One finding for each pair of domains whose vCPUs or iothreads are pinned to the same CPUs, with these seats as ours.
[[nodiscard]] std::vector<Finding> overlaps(const Situation &situation, const Placement &placement);

/// One finding for each domain whose own pins name CPUs that are withheld, or several that the kernel isolates.
[[nodiscard]] std::vector<Finding> misplaced_pins(const Situation &situation, const Placement &placement);

/// All that is to be said of who has which CPUs: both, and what is said of lost and of isolated ones.
[[nodiscard]] std::vector<Finding> findings_on_cpus(const Situation &situation, const Placement &placement);

}  // namespace kvmtune::plan
