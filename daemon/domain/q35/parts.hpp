// Devices of a document, as far as chipsets matter to them.
#pragma once

#include <string_view>

#include "daemon/domain/tree.hpp"

namespace kvmtune::domain::q35 {

[[nodiscard]] bool is_controller(const Tree &tree, NodeId device, std::string_view type);

/// Its <address> of this type, or no_node.
[[nodiscard]] NodeId address_of(const Tree &tree, NodeId device, std::string_view type);

/// Whether libvirt puts it into a root port of its own when it has no address: it is a PCI Express device.
[[nodiscard]] bool takes_root_port(const Tree &tree, NodeId device);

/// Whether libvirt puts it behind a pcie-to-pci-bridge then: it is a conventional PCI device.
[[nodiscard]] bool is_conventional(const Tree &tree, NodeId device);

}  // namespace kvmtune::domain::q35
