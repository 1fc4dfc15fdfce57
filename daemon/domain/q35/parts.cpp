// Which device is of what kind: libvirt's qemuDomainDeviceCalculatePCIConnectFlags, as its documentation describes it
// in pci-hotplug: virtio, e1000e, NVMe and xHCI are PCI Express devices.
#include "daemon/domain/q35/parts.hpp"

#include <algorithm>
#include <array>

#include "daemon/domain/words.hpp"

namespace kvmtune::domain::q35 {

namespace {

template <std::size_t Size>
bool is_one_of(std::string_view text, const std::array<std::string_view, Size> &words) {
    return std::find(words.begin(), words.end(), text) != words.end();
}

std::string_view model_of(const Tree &tree, NodeId device) {
    const auto in_child = tree.value(tree.child(device, "model"), "type");
    return in_child.empty() ? tree.value(device, "model") : in_child;
}

bool is_express_controller(const Tree &tree, NodeId device) {
    const auto model = tree.value(device, "model");
    if (is_controller(tree, device, "virtio-serial")) return true;
    if (is_controller(tree, device, "scsi")) return model.starts_with("virtio");
    return is_controller(tree, device, "usb") && model.ends_with("-xhci");
}

/// Of USB controllers, those that are part of a chipset: of the old one they become the new one's.
bool is_of_chipset(std::string_view model) {
    return model.starts_with("piix") || model.starts_with("ich9");
}

}  // namespace

bool is_controller(const Tree &tree, NodeId device, std::string_view type) {
    return tree.is(device, "controller") && tree.value(device, "type") == type;
}

NodeId address_of(const Tree &tree, NodeId device, std::string_view type) {
    for (const NodeId address : tree.children(device, "address"))
        if (tree.value(address, "type") == type) return address;
    return no_node;
}

std::string_view bus_of(const Tree &tree, NodeId disk) {
    const NodeId target = tree.child(disk, "target");
    const auto bus = tree.value(target, "bus");
    if (!bus.empty()) return bus;
    const auto name = tree.value(target, "dev");
    return name.starts_with("hd") ? "ide" : name.starts_with("vd") ? "virtio" : "";
}

unsigned number_of_disk(const Tree &tree, NodeId disk) {
    constexpr unsigned letters = 26, most = 1000;
    const auto name = tree.value(tree.child(disk, "target"), "dev");
    if (name.size() < 3) return 0;
    unsigned number = 0;
    for (const char c : name.substr(2)) {
        if (c < 'a' || c > 'z' || number > most) return 0;
        number = number * letters + static_cast<unsigned>(c - 'a') + 1;
    }
    return number - 1;
}

unsigned number_at(const Tree &tree, NodeId id, std::string_view attribute) {
    return address_number(tree.value(id, attribute)).value_or(0);
}

bool is_virtio(const Tree &tree, NodeId device) {
    if (tree.is(device, "disk")) return bus_of(tree, device) == "virtio";
    const bool has_model = tree.is(device, "interface") || is_controller(tree, device, "scsi");
    return has_model && model_of(tree, device).starts_with("virtio");
}

bool takes_root_port(const Tree &tree, NodeId device) {
    static constexpr std::array<std::string_view, 4> always = {"vsock", "filesystem", "rng", "memballoon"};
    static constexpr std::array<std::string_view, 2> nics = {"e1000e", "igb"};
    const auto model = model_of(tree, device);
    if (model == "none" || model.ends_with("-transitional")) return false;
    if (is_one_of(tree[device].name, always)) return true;
    if (tree.is(device, "controller")) return is_express_controller(tree, device);
    if (tree.is(device, "interface")) return model.starts_with("virtio") || is_one_of(model, nics);
    if (tree.is(device, "disk")) return bus_of(tree, device) == "virtio";
    if (tree.is(device, "memory")) return model.starts_with("virtio");
    if (tree.is(device, "input")) return tree.value(device, "bus") == "virtio";
    if (tree.is(device, "hostdev")) return tree.value(device, "type") == "scsi_host";
    return tree.is(device, "video") && (model == "virtio" || model == "bochs");
}

bool is_conventional(const Tree &tree, NodeId device) {
    static constexpr std::array<std::string_view, 2> cards = {"ac97", "es1370"};
    const auto model = model_of(tree, device);
    if (model == "none") return false;
    if (model.ends_with("-transitional")) return true;
    if (tree.is(device, "interface")) return !takes_root_port(tree, device) && !model.starts_with("usb");
    if (tree.is(device, "sound")) return is_one_of(model, cards);
    if (tree.is(device, "watchdog")) return model == "i6300esb";
    if (tree.is(device, "serial")) return tree.value(tree.child(device, "target"), "type") == "pci-serial";
    if (tree.is(device, "video"))
        return !takes_root_port(tree, device) && tree.value(tree.child(device, "model"), "primary") != "yes";
    if (is_controller(tree, device, "scsi")) return !is_express_controller(tree, device);
    if (is_controller(tree, device, "sata")) return number_at(tree, device, "index") > 0;
    if (is_controller(tree, device, "usb"))
        return !model.empty() && !is_of_chipset(model) && !is_express_controller(tree, device);
    return tree.is(device, "shmem") || tree.is(device, "crypto");
}

}  // namespace kvmtune::domain::q35
