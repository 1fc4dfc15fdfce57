// What we ask libvirt about its networks. For the files of this folder only: it includes libvirt.
#pragma once

#include <string>
#include <vector>

#include "daemon/apply/hypervisor.hpp"
#include "daemon/libvirt/handle.hpp"

namespace kvmtune::libvirt {

/// All of them, in ascending order of name; one that goes away while it is read is left out. A driver without networks
/// has none.
[[nodiscard]] Result<std::vector<apply::NetworkRecord>> networks_of(const Connection &connection);

/// Defines a network and gives its definition as libvirt prints it.
[[nodiscard]] Result<std::string> define_network(const Connection &connection, const std::string &xml);

}  // namespace kvmtune::libvirt
