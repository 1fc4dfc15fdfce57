// The order of changes: what another one requires comes first; otherwise as given.
#pragma once

#include <vector>

#include "daemon/plan/plan.hpp"

namespace kvmtune::plan {

/// The changes with requirements first. A requirement that is not among them is in place already. A circle is cut
/// somewhere: each of its changes still comes once.
[[nodiscard]] std::vector<Change> in_order(std::vector<Change> changes);

}  // namespace kvmtune::plan
