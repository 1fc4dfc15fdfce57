// Which device is of what kind: libvirt's qemuDomainDeviceCalculatePCIConnectFlags, as its documentation describes it
// in pci-hotplug: virtio, e1000e, NVMe and xHCI are PCI Express devices.
#include "daemon/domain/q35/parts.hpp"

#include <algorithm>
#include <array>

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

}  // namespace

bool is_controller(const Tree &tree, NodeId device, std::string_view type) {
    return tree.is(device, "controller") && tree.value(device, "type") == type;
}

NodeId address_of(const Tree &tree, NodeId device, std::string_view type) {
    for (const NodeId address : tree.children(device, "address"))
        if (tree.value(address, "type") == type) return address;
    return no_node;
}

bool takes_root_port(const Tree &tree, NodeId device) {
    static constexpr std::array<std::string_view, 5> always = {"vsock", "crypto", "filesystem", "rng", "memballoon"};
    static constexpr std::array<std::string_view, 3> nics = {"e1000e", "igb", "vmxnet3"};
    const auto model = model_of(tree, device);
    if (is_one_of(tree[device].name, always)) return model != "none";
    if (tree.is(device, "controller")) return is_express_controller(tree, device);
    if (tree.is(device, "interface")) return model.starts_with("virtio") || is_one_of(model, nics);
    if (tree.is(device, "disk"))
        return tree.value(tree.child(device, "target"), "bus") == "virtio" || tree.value(device, "type") == "nvme";
    if (tree.is(device, "memory")) return model.starts_with("virtio");
    if (tree.is(device, "input")) return tree.value(device, "bus") == "virtio";
    return tree.is(device, "video") && model == "virtio";
}

bool is_conventional(const Tree &tree, NodeId device) {
    static constexpr std::array<std::string_view, 2> cards = {"ac97", "es1370"};
    const auto model = model_of(tree, device);
    if (tree.is(device, "interface")) return !takes_root_port(tree, device) && !model.starts_with("usb");
    if (tree.is(device, "sound")) return is_one_of(model, cards);
    if (tree.is(device, "watchdog")) return model == "i6300esb";
    if (is_controller(tree, device, "scsi")) return !is_express_controller(tree, device);
    return tree.is(device, "shmem");
}

}  // namespace kvmtune::domain::q35
