// The devices of a domain document.
#pragma once

#include <vector>

#include "daemon/domain/tree.hpp"

namespace kvmtune::domain {

/// All children of <devices>, in document order.
[[nodiscard]] std::vector<NodeId> devices_of(const Tree &tree);

}  // namespace kvmtune::domain
