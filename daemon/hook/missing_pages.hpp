// Huge pages that a guest's definition asks for and that are not free where it asks for them: QEMU would say only that
// memory cannot be allocated.
#pragma once

#include <string>

#include "base/root.hpp"
#include "daemon/plan/facts.hpp"

namespace kvmtune::hook {

/// How many are free and how many are wanted, and what would help, in one line. Empty: there are enough, or page sizes
/// go by guest node, which is left to QEMU.
[[nodiscard]] std::string pages_missing_for(const Root &root, const plan::DomainFacts &facts);

}  // namespace kvmtune::hook
