// The order in which libvirt prints elements, so that what we add stands where libvirt would print it, and the elements
// that it leaves out when they are empty.
#pragma once

#include <string_view>

#include "daemon/domain/tree.hpp"

namespace kvmtune::domain {

/// A place among an element's children.
struct Where {
    enum class At { first, behind, last };

    NodeId parent = no_node;
    At at = At::last;
    NodeId sibling = no_node;  ///< of At::behind
};

/// Behind the children that libvirt prints before one of this name; last if we do not know its order.
[[nodiscard]] Where place_for(const Tree &tree, NodeId parent, std::string_view name);

/// Whether it is an element that means nothing to libvirt when nothing is in it.
[[nodiscard]] bool is_container(const Node &node);

}  // namespace kvmtune::domain
