// The hypervisor behind libvirt: its calls as our verbs. libvirt is included in this folder and nowhere else.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "daemon/apply/hypervisor.hpp"
#include "daemon/libvirt/handle.hpp"

namespace kvmtune::libvirt {

/// Connects to a libvirt URI with write access, without asking anybody for a password. The name of the domain or the
/// URI is in every error. From then on this process ignores SIGPIPE.
[[nodiscard]] Result<std::unique_ptr<apply::Hypervisor>> connect(const std::string &uri);

/// The same, as libvirt's own handle.
[[nodiscard]] Result<Connection> opened(const std::string &uri);
/// The hypervisor behind a connection that is open.
[[nodiscard]] Result<std::unique_ptr<apply::Hypervisor>> connected(Connection connection);

}  // namespace kvmtune::libvirt
