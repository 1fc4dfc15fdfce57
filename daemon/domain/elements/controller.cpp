// <controller>: what libvirt adds by itself when our channel is defined, a virtio-serial controller and, on q35, the
// pcie-root-port that it sits in. They are only ever taken away, and only if nothing else needs them.
#include <algorithm>

#include "daemon/domain/elements.hpp"
#include "daemon/domain/elements/keys.hpp"
#include "daemon/domain/elements/kind.hpp"
#include "daemon/domain/sections.hpp"
#include "daemon/domain/words.hpp"

namespace kvmtune::domain {

namespace {

bool is_controller(const Tree &tree, NodeId id, std::string_view type) {
    return tree.is(id, "controller") && tree.value(id, "type") == type &&
           (type != "pci" || tree.value(id, "model") == "pcie-root-port");
}

NodeId controller_in(const Document &document, std::string_view type, const std::string &index) {
    const Tree &tree = document.tree();
    for (const NodeId id : inside(tree, "devices")) {
        if (is_controller(tree, id, type) && address_number(tree.value(id, "index")) == number_in(index)) return id;
    }
    return no_node;
}

/// Whether the device is, or may come to be, on this controller: an address that cannot be read and a virtio port
/// without address count as one.
bool sits_on(const Tree &tree, NodeId device, std::string_view type, unsigned index) {
    const bool serial = type == "virtio-serial";
    bool addressed = false;
    for (const NodeId address : tree.children(device, "address")) {
        if (tree.value(address, "type") != type) continue;
        addressed = true;
        const auto number = address_number(tree.value(address, serial ? "controller" : "bus"));
        if (!number || *number == index) return true;
    }
    const bool port = tree.is(device, "channel") || tree.is(device, "console");
    return serial && port && !addressed && tree.value(tree.child(device, "target"), "type") == "virtio";
}

/// libvirt numbers PCI buses without gaps: it would add a bridge for one that is missing.
bool is_below_another(const Tree &tree, NodeId device, unsigned index) {
    if (!tree.is(device, "controller") || tree.value(device, "type") != "pci") return false;
    const auto other = address_number(tree.value(device, "index"));
    return !other || *other > index;
}

Result<> remove_controller(Draft &draft, std::string_view type, const std::string &index, const plan::Value &value) {
    const Document &document = draft.document();
    const std::string name = document.name() + ": the " + std::string(type) + " controller " + index;
    if (value) return failure(ErrorKind::unsupported, name + ": only libvirt adds controllers");
    const unsigned number = number_in(index).value_or(0);
    const NodeId controller = controller_in(document, type, index);
    for (const NodeId device : inside(document.tree(), "devices")) {
        if (device == controller || draft.is_removed(device)) continue;
        const bool holds_number = type == "pci" && is_below_another(document.tree(), device, number);
        if (sits_on(document.tree(), device, type, number) || holds_number) {
            return failure(ErrorKind::busy, name + ": something else uses it");
        }
    }
    draft.remove(controller);
    return {};
}

Result<plan::Value> presence(const Document &document, std::string_view type, const std::string &index) {
    return controller_in(document, type, index) == no_node ? plan::Value() : plan::Value("present");
}

Result<plan::Value> serial_value(const Document &document, const std::string &index) {
    return presence(document, "virtio-serial", index);
}

Result<> put_serial(Draft &draft, const std::string &index, const plan::Value &value) {
    return remove_controller(draft, "virtio-serial", index, value);
}

Result<plan::Value> port_value(const Document &document, const std::string &index) {
    return presence(document, "pci", index);
}

Result<> put_port(Draft &draft, const std::string &index, const plan::Value &value) {
    return remove_controller(draft, "pci", index, value);
}

}  // namespace

const ElementKind serial_controller = {"controller/virtio-serial/", "", is_number, serial_value, put_serial};
const ElementKind root_port = {"controller/pci/", "", is_number, port_value, put_port};

std::vector<std::string> controllers_in(const Document &document) {
    const Tree &tree = document.tree();
    std::vector<std::string> names;
    for (const NodeId id : inside(tree, "devices")) {
        const auto index = address_number(tree.value(id, "index"));
        if (!index) continue;
        for (const char *type : {"virtio-serial", "pci"}) {
            if (is_controller(tree, id, type))
                names.push_back("controller/" + std::string(type) + "/" + std::to_string(*index));
        }
    }
    return names;
}

}  // namespace kvmtune::domain
