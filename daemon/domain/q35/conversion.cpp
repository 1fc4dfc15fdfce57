#include "daemon/domain/q35/conversion.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/domain/q35/obstacles.hpp"
#include "daemon/domain/q35/parts.hpp"
#include "daemon/domain/sections.hpp"

namespace kvmtune::domain::q35 {

namespace {

/// A SATA port: controller and unit.
using Port = std::pair<unsigned, unsigned>;

constexpr unsigned ports_of_sata_controller = 6;

class Conversion {
  public:
    Conversion(Draft &draft, const std::string &machine, Virtio virtio)
        : draft_(draft),
          tree_(draft.document().tree()),
          devices_(inside(tree_, "devices")),
          machine_(machine),
          virtio_(virtio) {}

    void make() {
        draft_.set(tree_.child(tree_.child(Tree::root, "os"), "type"), "machine", machine_);
        for (const NodeId device : devices_) {
            if (tree_.is(device, "controller")) convert_controller(device);
            if (draft_.is_removed(device)) continue;
            if (const NodeId address = address_of(tree_, device, "pci"); address != no_node) draft_.remove(address);
            if (tree_.is(device, "sound") && tree_.value(device, "model") == "ich6")
                draft_.set(device, "model", "ich9");
            if (becomes_transitional(device)) make_transitional(device);
        }
        convert_disks();
        add_ports();
    }

  private:
    void convert_controller(NodeId controller) {
        const auto type = tree_.value(controller, "type");
        const auto model = tree_.value(controller, "model");
        if (type == "pci" && model == "pci-root")
            root_ = controller;
        else if (type == "pci" || type == "ide")
            draft_.remove(controller);
        else if (type == "usb" && (model.empty() || model.starts_with("piix")))
            replace_usb(controller);
    }

    /// With the interface from before virtio 1.0 there is none behind a root port.
    [[nodiscard]] bool becomes_transitional(NodeId device) const {
        return virtio_ == Virtio::transitional && is_virtio(tree_, device) && takes_root_port(tree_, device);
    }

    void make_transitional(NodeId device) {
        const bool has_model_inside = tree_.is(device, "interface");
        if (has_model_inside)
            draft_.set(tree_.child(device, "model"), "type", "virtio-transitional");
        else
            draft_.set(device, "model", "virtio-transitional");
    }

    /// The companions of the ICH9's EHCI serve what is slow; together they have the six ports of the one.
    void replace_usb(NodeId controller) {
        const std::string index = std::to_string(number_at(tree_, controller, "index"));
        const std::string start = "<controller type='usb' index='" + index + "' model='ich9-";
        draft_.replace(controller, start + "ehci1'" + alias_in(controller));
        const Where behind{tree_[controller].parent, Where::At::behind, controller};
        for (unsigned i = 0; i < 3; ++i)
            draft_.add_text(behind, start + "uhci" + std::to_string(i + 1) + "'>\n  <master startport='" +
                                        std::to_string(2 * i) + "'/>\n</controller>");
    }

    /// The rest of an element, with an alias that somebody gave it.
    [[nodiscard]] std::string alias_in(NodeId controller) const {
        const auto name = tree_.value(tree_.child(controller, "alias"), "name");
        const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        });
        if (!name.starts_with("ua-") || !plain) return "/>";
        return ">\n  <alias name='" + std::string(name) + "'/>\n</controller>";
    }

    [[nodiscard]] std::vector<NodeId> disks_on(std::string_view bus) const {
        std::vector<NodeId> disks;
        for (const NodeId device : devices_)
            if (tree_.is(device, "disk") && bus_of(tree_, device) == bus) disks.push_back(device);
        return disks;
    }

    /// Where a disk is by its address, else by its name; IDE has two buses of two, SATA one of many.
    [[nodiscard]] Port place_of(NodeId disk, bool sata) const {
        const NodeId address = address_of(tree_, disk, "drive");
        if (address != no_node) {
            const unsigned unit = number_at(tree_, address, "unit");
            return {number_at(tree_, address, "controller"), sata ? unit : 2 * number_at(tree_, address, "bus") + unit};
        }
        const unsigned number = number_of_disk(tree_, disk);
        const unsigned each = sata ? ports_of_sata_controller : 4;
        return {number / each, number % each};
    }

    void convert_disks() {
        std::set<Port> taken;
        for (const NodeId disk : disks_on("sata")) taken.insert(place_of(disk, true));
        auto disks = disks_on("ide");
        std::stable_sort(disks.begin(), disks.end(),
                         [&](NodeId left, NodeId right) { return place_of(left, false) < place_of(right, false); });
        Port next{0, 0};
        for (const NodeId disk : disks) {
            while (taken.count(next) != 0)
                next = next.second + 1 < ports_of_sata_controller ? Port{next.first, next.second + 1}
                                                                  : Port{next.first + 1, 0};
            taken.insert(next);
            move_disk(disk, next);
        }
    }

    void move_disk(NodeId disk, const Port &port) {
        draft_.set(tree_.child(disk, "target"), "bus", "sata");
        const std::string text = "<address type='drive' controller='" + std::to_string(port.first) +
                                 "' bus='0' target='0' unit='" + std::to_string(port.second) + "'/>";
        const NodeId address = address_of(tree_, disk, "drive");
        if (address == no_node)
            draft_.add_text(draft_.place(disk, "address"), text);
        else
            draft_.replace(address, text);
    }

    /// libvirt adds a balloon by itself, and a serial controller for our agent.
    [[nodiscard]] unsigned ports_needed() const {
        const auto there = [&](auto is) {
            return static_cast<unsigned>(std::count_if(devices_.begin(), devices_.end(), [&](NodeId device) {
                return !draft_.is_removed(device) && is(device);
            }));
        };
        const unsigned express =
            there([&](NodeId device) { return takes_root_port(tree_, device) && !becomes_transitional(device); });
        const bool conventional =
            there([&](NodeId device) { return is_conventional(tree_, device) || becomes_transitional(device); }) != 0;
        const bool balloon = there([&](NodeId device) { return tree_.is(device, "memballoon"); }) != 0;
        const bool serial = there([&](NodeId device) { return is_controller(tree_, device, "virtio-serial"); }) != 0;
        return express + (conventional ? 1u : 0u) + (balloon ? 0u : 1u) + (serial ? 0u : 1u);
    }

    void add_ports() {
        const auto port = [](unsigned index) {
            return "<controller type='pci' index='" + std::to_string(index) + "' model='pcie-root-port'/>";
        };
        const NodeId devices = tree_.child(Tree::root, "devices");
        Where where = draft_.place(devices, "controller");
        if (root_ == no_node) {
            draft_.add_text(where, "<controller type='pci' index='0' model='pcie-root'/>");
        } else {
            draft_.set(root_, "model", "pcie-root");
            where = {tree_[root_].parent, Where::At::behind, root_};
        }
        const unsigned number = ports_needed() + spare_ports;
        for (unsigned index = 1; index <= number; ++index) draft_.add_text(where, port(index));
    }

    Draft &draft_;
    const Tree &tree_;
    std::vector<NodeId> devices_;
    const std::string &machine_;
    Virtio virtio_;
    NodeId root_ = no_node;
};

}  // namespace

Result<> convert(Draft &draft, const std::string &machine, Virtio virtio) {
    const auto reasons = obstacles(draft.document());
    if (!reasons.empty())
        return failure(ErrorKind::unsupported,
                       draft.document().name() + ": it cannot be converted to Q35: " + reasons.front());
    Conversion(draft, machine, virtio).make();
    return {};
}

}  // namespace kvmtune::domain::q35
