#include "daemon/domain/index.hpp"

#include "daemon/domain/values.hpp"
#include "daemon/domain/words.hpp"

namespace kvmtune::domain {

Index index_of(const Tree &tree) {
    Index index;
    for (const NodeId cputune : tree.children(Tree::root, "cputune")) {
        for (const NodeId pin : tree.children(cputune, "vcpupin")) {
            if (const auto vcpu = number_in(tree.value(pin, "vcpu"))) index.vcpupins[*vcpu].push_back(pin);
        }
    }
    for (const NodeId devices : tree.children(Tree::root, "devices")) {
        for (const NodeId interface : tree.children(devices, "interface")) {
            const auto mac = canonical_mac(tree.value(tree.child(interface, "mac"), "address"));
            if (mac) index.interfaces[*mac].push_back(interface);
        }
    }
    return index;
}

}  // namespace kvmtune::domain
