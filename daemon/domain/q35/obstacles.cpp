#include "daemon/domain/q35/obstacles.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "daemon/domain/devices.hpp"
#include "daemon/domain/q35/machines.hpp"
#include "daemon/domain/q35/parts.hpp"
#include "daemon/domain/words.hpp"

namespace kvmtune::domain::q35 {

namespace {

/// What stands in arguments for QEMU that name parts of the i440FX chipset, or the machine itself.
bool names_chipset(std::string_view argument) {
    static constexpr std::array<std::string_view, 6> words = {"bus=pci.", "bus=ide.", "i440FX",
                                                              "PIIX",     "piix",     "pci.0"};
    const bool machine =
        argument == "-machine" || argument == "--machine" || argument == "-M" || argument == "-nodefaults";
    return machine || std::any_of(words.begin(), words.end(),
                                  [&](std::string_view word) { return argument.find(word) != std::string_view::npos; });
}

void add_arguments(std::vector<std::string> &reasons, const Tree &tree) {
    for (const NodeId line : tree.children(Tree::root)) {
        if (tree[line].name != "commandline" || tree[line].space != qemu_space) continue;
        for (const NodeId argument : tree.children(line)) {
            if (!names_chipset(tree.value(argument, "value"))) continue;
            reasons.emplace_back("its qemu:commandline names parts of the i440FX chipset");
            return;
        }
    }
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

}  // namespace

std::vector<std::string> obstacles(const Document &document) {
    const Tree &tree = document.tree();
    const NodeId type = tree.child(tree.child(Tree::root, "os"), "type");
    const auto machine = tree.value(type, "machine");
    if (!is_i440fx(machine)) return {"its machine is " + std::string(machine.empty() ? "not named" : machine)};
    std::vector<std::string> reasons;
    const auto arch = tree.value(type, "arch");
    if (arch != "x86_64" && arch != "i686") reasons.emplace_back("its architecture is " + std::string(arch));
    if (const NodeId launch = tree.child(Tree::root, "launchSecurity"); launch != no_node)
        reasons.emplace_back("it has <launchSecurity>: its owner checks what machine it runs on");
    add_arguments(reasons, tree);
    for (const NodeId device : devices_of(tree)) {
        if (is_passed_through(tree, device))
            reasons.push_back("it has a passed-through device (" + named(tree, device) +
                              "), which would be at another address in the guest");
        if (is_expander(tree, device)) reasons.push_back("it has a pci-expander-bus, which Q35 has not");
    }
    return reasons;
}

std::vector<std::string> doubts(const Document &document) {
    const Tree &tree = document.tree();
    const NodeId os = tree.child(Tree::root, "os");
    const NodeId loader = tree.child(os, "loader");
    std::vector<std::string> reasons;
    if (tree.value(os, "firmware") == "efi" || tree.value(loader, "type") == "pflash")
        reasons.emplace_back("it boots by UEFI, whose boot entries may name its disk's old PCI address");
    for (const NodeId device : devices_of(tree))
        if (tree.is(device, "tpm"))
            reasons.emplace_back("it has a TPM: what is sealed to the machine (BitLocker) stays shut on another one");
    return reasons;
}

}  // namespace kvmtune::domain::q35
