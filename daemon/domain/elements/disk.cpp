// <disk>: how QEMU opens what is behind it, by the disk's name in the guest.
#include "daemon/domain/elements/keys.hpp"
#include "daemon/domain/elements/kind.hpp"

namespace kvmtune::domain {

namespace {

Result<NodeId> disk_in(const Document &document, const std::string &target) {
    const Tree &tree = document.tree();
    NodeId found = no_node;
    for (const NodeId devices : tree.children(Tree::root, "devices")) {
        for (const NodeId disk : tree.children(devices, "disk")) {
            if (tree.value(tree.child(disk, "target"), "dev") != target) continue;
            if (found != no_node) return document.error_at(tree[disk].start_tag.begin, "a second disk " + target);
            found = disk;
        }
    }
    if (found == no_node) return failure(ErrorKind::not_found, document.name() + ": there is no disk " + target);
    return found;
}

Result<plan::Value> driver_value(const Document &document, const std::string &target, std::string_view attribute) {
    const NodeId disk = TRY(disk_in(document, target));
    return attribute_value(document, document.tree().child(disk, "driver"), attribute);
}

Result<> put_driver(Draft &draft, const std::string &target, const std::string &attribute, const plan::Value &value) {
    const NodeId disk = TRY(disk_in(draft.document(), target));
    if (value) {
        draft.set(child_or_fragment(draft, disk, "driver", "disk-driver"), attribute, *value);
    } else {
        draft.drop(draft.child(disk, "driver"), attribute);
    }
    return {};
}

}  // namespace

const ElementKind disk_cache = {
    "disk/", "/driver/cache", is_disk_name,
    [](const Document &document, const std::string &target) { return driver_value(document, target, "cache"); },
    [](Draft &draft, const std::string &target, const plan::Value &value) {
        return put_driver(draft, target, "cache", value);
    }};
const ElementKind disk_io = {
    "disk/", "/driver/io", is_disk_name,
    [](const Document &document, const std::string &target) { return driver_value(document, target, "io"); },
    [](Draft &draft, const std::string &target, const plan::Value &value) {
        return put_driver(draft, target, "io", value);
    }};

}  // namespace kvmtune::domain
