// The parts of a domain document that a root may have several of: <devices>, <metadata>. libvirt reads them as one.
#pragma once

#include <string_view>
#include <vector>

#include "daemon/domain/tree.hpp"

namespace kvmtune::domain {

/// What is in all of the root's elements of this name, in document order.
[[nodiscard]] std::vector<NodeId> inside(const Tree &tree, std::string_view name);

}  // namespace kvmtune::domain
