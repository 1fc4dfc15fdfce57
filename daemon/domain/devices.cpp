#include "daemon/domain/devices.hpp"

namespace kvmtune::domain {

std::vector<NodeId> devices_of(const Tree &tree) {
    std::vector<NodeId> all;
    for (const NodeId devices : tree.children(Tree::root, "devices")) {
        const auto children = tree.children(devices);
        all.insert(all.end(), children.begin(), children.end());
    }
    return all;
}

}  // namespace kvmtune::domain
