#include "daemon/domain/sections.hpp"

namespace kvmtune::domain {

std::vector<NodeId> inside(const Tree &tree, std::string_view name) {
    std::vector<NodeId> all;
    for (const NodeId section : tree.children(Tree::root, name)) {
        const auto children = tree.children(section);
        all.insert(all.end(), children.begin(), children.end());
    }
    return all;
}

}  // namespace kvmtune::domain
