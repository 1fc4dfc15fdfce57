#include "daemon/domain/q35/obstacles.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "daemon/domain/q35/machines.hpp"
#include "daemon/domain/q35/parts.hpp"
#include "daemon/domain/sections.hpp"
#include "daemon/domain/words.hpp"

namespace kvmtune::domain::q35 {

namespace {

/// What stands in arguments for QEMU that name parts of the i440FX chipset or slots of its bus, or the machine itself.
bool names_chipset(std::string_view argument) {
    static constexpr std::array<std::string_view, 13> words = {"bus=pci.", "pci.0",  "bus=ide.", "ide.0",    "ide.1",
                                                               "ide0-",    "if=ide", "addr=",    "\"addr\"", "i440FX",
                                                               "PIIX",     "piix",   "vfio-pci"};
    static constexpr std::array<std::string_view, 8> options = {"-machine", "--machine", "-M",   "-cdrom",
                                                                "-hda",     "-hdb",      "-hdc", "-hdd"};
    return std::find(options.begin(), options.end(), argument) != options.end() ||
           std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return argument.find(word) != std::string_view::npos; });
}

/// The elements of QEMU's namespace with this name.
std::vector<NodeId> of_qemu(const Tree &tree, std::string_view name) {
    auto found = tree.children(Tree::root);
    std::erase_if(found, [&](NodeId id) { return tree[id].name != name || tree[id].space != qemu_space; });
    return found;
}

bool has_such_arguments(const Tree &tree) {
    for (const NodeId line : of_qemu(tree, "commandline"))
        for (const NodeId argument : tree.children(line))
            if (names_chipset(tree.value(argument, "value"))) return true;
    return false;
}

/// Aliases that libvirt makes up go by the place of a device, or with it.
bool overrides_made_up_aliases(const Tree &tree) {
    for (const NodeId override : of_qemu(tree, "override"))
        for (const NodeId device : tree.children(override))
            if (!tree.value(device, "alias").starts_with("ua-")) return true;
    return false;
}

std::string named(const Tree &tree, NodeId device) {
    const auto name = tree.value(tree.child(device, "alias"), "name");
    return "<" + tree[device].name + ">" + (name.empty() ? "" : " " + std::string(name));
}

/// Drivers and firmware of passed-through devices may be bound to their place in the guest.
bool is_passed_through(const Tree &tree, NodeId device) {
    const auto type = tree.value(device, "type");
    if (tree.is(device, "hostdev")) return type == "pci" || type == "mdev";
    return tree.is(device, "interface") && type == "hostdev";
}

bool is_expander(const Tree &tree, NodeId device) {
    return is_controller(tree, device, "pci") && tree.value(device, "model") == "pci-expander-bus";
}

/// What libvirt takes for a disk of IDE, and not for one of SATA.
bool has_more_than_sata(const Tree &tree, NodeId disk) {
    if (!tree.is(disk, "disk") || bus_of(tree, disk) != "ide") return false;
    return tree.child(disk, "wwn") != no_node || tree.child(disk, "geometry") != no_node;
}

bool is_hard_disk(const Tree &tree, NodeId device, std::string_view bus) {
    const auto kind = tree.value(device, "device");
    return tree.is(device, "disk") && (kind.empty() || kind == "disk") && bus_of(tree, device) == bus;
}

/// Where a device sits, in the order in which a guest finds it; nullopt: libvirt says.
std::optional<std::array<unsigned, 3>> place_of(const Tree &tree, NodeId device) {
    const NodeId address = address_of(tree, device, "pci");
    if (address == no_node) return std::nullopt;
    const auto number = [&](std::string_view attribute) { return number_at(tree, address, attribute); };
    return std::array{number("bus"), number("slot"), number("function")};
}

/// Whether devices, in the order in which libvirt gives them new addresses, have their old ones in another.
bool change_places(const Tree &tree, const std::vector<NodeId> &devices) {
    std::optional<std::array<unsigned, 3>> last;
    for (const NodeId device : devices) {
        const auto place = place_of(tree, device);
        if (place && last && *place < *last) return true;
        if (place) last = place;
    }
    return false;
}

template <class Is>
std::vector<NodeId> devices_that(const Tree &tree, const Is &is) {
    auto devices = inside(tree, "devices");
    std::erase_if(devices, [&](NodeId device) { return !is(device); });
    return devices;
}

}  // namespace

std::vector<std::string> obstacles(const Document &document) {
    const Tree &tree = document.tree();
    const NodeId type = tree.child(tree.child(Tree::root, "os"), "type");
    const auto machine = tree.value(type, "machine");
    if (!is_i440fx(machine)) return {"its machine is " + std::string(machine.empty() ? "not named" : machine)};
    std::vector<std::string> reasons;
    const auto arch = tree.value(type, "arch");
    if (!arch.empty() && arch != "x86_64") reasons.emplace_back("its architecture is " + std::string(arch));
    if (tree.child(Tree::root, "launchSecurity") != no_node)
        reasons.emplace_back("it has <launchSecurity>: its owner checks what machine it runs on");
    if (has_such_arguments(tree)) reasons.emplace_back("its qemu:commandline names parts of the i440FX chipset");
    if (overrides_made_up_aliases(tree))
        reasons.emplace_back("its qemu:override names devices by aliases that they do not keep");
    for (const NodeId device : inside(tree, "devices")) {
        if (is_passed_through(tree, device))
            reasons.push_back("it has a passed-through device (" + named(tree, device) +
                              "), which would be at another address in the guest");
        if (is_expander(tree, device)) reasons.emplace_back("it has a pci-expander-bus, which Q35 has not");
        if (has_more_than_sata(tree, device))
            reasons.emplace_back("it has an IDE disk with a <wwn> or <geometry>, which libvirt takes on no SATA one");
    }
    return reasons;
}

std::vector<std::string> doubts(const Document &document) {
    const Tree &tree = document.tree();
    const NodeId os = tree.child(Tree::root, "os");
    std::vector<std::string> reasons;
    if (tree.value(os, "firmware") == "efi" || tree.value(tree.child(os, "loader"), "type") == "pflash")
        reasons.emplace_back("it boots by UEFI, whose boot entries may name its disk's old PCI address");
    const auto has = [&](const auto &is) { return !devices_that(tree, is).empty(); };
    if (has([&](NodeId device) { return tree.is(device, "tpm"); }))
        reasons.emplace_back("it has a TPM: what is sealed to the machine (BitLocker) stays shut on another one");
    if (change_places(tree, devices_that(tree, [&](NodeId device) { return tree.is(device, "interface"); })))
        reasons.emplace_back(
            "its NICs are in another order than by their addresses: in the guest they would change places");
    auto disks = devices_that(tree, [&](NodeId device) { return is_hard_disk(tree, device, "virtio"); });
    std::stable_sort(disks.begin(), disks.end(), [&](NodeId left, NodeId right) {
        return number_of_disk(tree, left) < number_of_disk(tree, right);
    });
    if (change_places(tree, disks))
        reasons.emplace_back(
            "its virtio disks are in another order than by their addresses: in the guest they would change places");
    const bool boots_by_kind = !tree.children(os, "boot").empty();
    if (boots_by_kind && has([&](NodeId device) { return is_hard_disk(tree, device, "ide"); }) &&
        has([&](NodeId device) { return is_hard_disk(tree, device, "sata"); }))
        reasons.emplace_back("it has disks of IDE and of SATA: which of them <boot dev='hd'/> means may change");
    return reasons;
}

std::vector<std::string> demands(const Document &document) {
    const Tree &tree = document.tree();
    std::vector<std::string> all;
    for (const NodeId device : inside(tree, "devices"))
        if (is_hard_disk(tree, device, "ide"))
            all.push_back("the guest needs a driver for AHCI when it boots from disk " +
                          std::string(tree.value(tree.child(device, "target"), "dev")) +
                          ", in its initramfs too (Windows may have to be started in safe mode once)");
    return all;
}

bool needs_ahci(const Document &document) {
    const Tree &tree = document.tree();
    return !devices_that(tree, [&](NodeId device) { return is_hard_disk(tree, device, "ide"); }).empty();
}

bool has_virtio(const Document &document) {
    const Tree &tree = document.tree();
    const auto carries_it = [&](NodeId device) {
        const bool carries =
            tree.is(device, "disk") || tree.is(device, "interface") || is_controller(tree, device, "scsi");
        return carries && is_virtio(tree, device) && takes_root_port(tree, device);
    };
    return !devices_that(tree, carries_it).empty();
}

}  // namespace kvmtune::domain::q35
