#include "daemon/domain/tree.hpp"

namespace kvmtune::domain {

std::span<const Attribute> Tree::attributes_of(NodeId id) const {
    if (id == no_node) return {};
    return {attributes.data() + nodes[id].first_attribute, nodes[id].attribute_count};
}

const Attribute *Tree::attribute(NodeId id, std::string_view name) const {
    for (const Attribute &each : attributes_of(id)) {
        if (each.name == name && each.space.empty()) return &each;
    }
    return nullptr;
}

std::string_view Tree::value(NodeId id, std::string_view name) const {
    const Attribute *found = attribute(id, name);
    return found == nullptr ? std::string_view() : std::string_view(found->value);
}

std::vector<NodeId> Tree::children(NodeId id) const {
    std::vector<NodeId> out;
    if (id == no_node) return out;
    for (NodeId child = nodes[id].first_child; child != no_node; child = nodes[child].next) out.push_back(child);
    return out;
}

std::vector<NodeId> Tree::children(NodeId id, std::string_view name) const {
    std::vector<NodeId> out;
    if (id == no_node) return out;
    for (NodeId child = nodes[id].first_child; child != no_node; child = nodes[child].next) {
        if (is(child, name)) out.push_back(child);
    }
    return out;
}

NodeId Tree::child(NodeId id, std::string_view name) const {
    if (id == no_node) return no_node;
    NodeId child = nodes[id].first_child;
    while (child != no_node && !is(child, name)) child = nodes[child].next;
    return child;
}

bool Tree::is(NodeId id, std::string_view name) const {
    return id != no_node && nodes[id].name == name && nodes[id].space.empty();
}

}  // namespace kvmtune::domain
