// Where to reach the guest's agent of a running domain.
#pragma once

#include <optional>
#include <string>

#include "daemon/domain/document.hpp"

namespace kvmtune::domain {

/// The path of the UNIX socket of our channel in a live definition (libvirt makes it anew at each start), or none.
[[nodiscard]] std::optional<std::string> agent_socket_in(const Document &live);

}  // namespace kvmtune::domain
