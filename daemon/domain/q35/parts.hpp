// Devices of a document, as far as chipsets matter to them.
#pragma once

#include <string_view>

#include "daemon/domain/tree.hpp"

namespace kvmtune::domain::q35 {

[[nodiscard]] bool is_controller(const Tree &tree, NodeId device, std::string_view type);

/// The bus of a disk; libvirt goes by the name where none is named.
[[nodiscard]] std::string_view bus_of(const Tree &tree, NodeId disk);

/// The number of a disk by its name, as libvirt counts them: "sda" is 0, "hdc" 2, "sdaa" 26; 0 for another name.
[[nodiscard]] unsigned number_of_disk(const Tree &tree, NodeId disk);

/// A number of an address or a controller; 0 for what is none.
[[nodiscard]] unsigned number_at(const Tree &tree, NodeId id, std::string_view attribute);

/// Its <address> of this type, or no_node.
[[nodiscard]] NodeId address_of(const Tree &tree, NodeId device, std::string_view type);

/// Whether it is a disk, NIC or SCSI controller of virtio.
[[nodiscard]] bool is_virtio(const Tree &tree, NodeId device);

/// Whether libvirt puts it into a root port of its own when it has no address: it is a PCI Express device.
[[nodiscard]] bool takes_root_port(const Tree &tree, NodeId device);

/// Whether libvirt puts it behind a pcie-to-pci-bridge then: it is a conventional PCI device.
[[nodiscard]] bool is_conventional(const Tree &tree, NodeId device);

}  // namespace kvmtune::domain::q35
