// Sysctls by their dotted names.
#pragma once

#include <string>

#include "base/canonical.hpp"
#include "base/result.hpp"
#include "base/root.hpp"

namespace kvmtune {

/// Whether it is a name that may be used: labels of letters, digits, "-", "_" and "/" (a dot inside a label, as in
/// interface names, is written "/", as sysctl(8) does), joined by dots, at most 255 characters.
[[nodiscard]] bool is_sysctl_name(const std::string &name);
/// "net.core.rmem_max" -> "proc/sys/net/core/rmem_max".
[[nodiscard]] std::string sysctl_path(const std::string &name);
/// The value now, canonical.
[[nodiscard]] Result<std::string> read_sysctl(const Root &root, const std::string &name);
/// Writes it. The kernel may round or refuse: read back.
[[nodiscard]] Result<> write_sysctl(const Root &root, const std::string &name, const std::string &value);

}  // namespace kvmtune
