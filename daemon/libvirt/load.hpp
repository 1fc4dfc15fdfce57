// Loads libvirt when a command needs it, and not before: linking it costs every start of a program 14 ms and 14 MB, and
// `kvmtune rewrite` and the hook do without. The gateway is a module of its own, kvmtune-libvirt.so, opened by dlopen.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "daemon/apply/watch.hpp"

namespace kvmtune::libvirt {

inline constexpr const char *default_uri = "qemu:///system";

/// Connects to a hypervisor ("qemu:///system", "test:///default"). The module is taken from where it was installed or
/// built, seen from this program's own file; once loaded it stays. unsupported: no module, or no libvirt for it.
[[nodiscard]] Result<std::unique_ptr<apply::Hypervisor>> open_hypervisor(const std::string &uri);

/// The same, watched: for a process that stays.
[[nodiscard]] Result<std::unique_ptr<apply::Watch>> open_watch(const std::string &uri);

/// open_hypervisor() with the module's places given; the first that exists is taken.
[[nodiscard]] Result<std::unique_ptr<apply::Hypervisor>> open_hypervisor(const std::string &uri,
                                                                         const std::vector<std::string> &places);

}  // namespace kvmtune::libvirt
