// What other people's sysctl.d files set at boot, by systemd-sysctl's rules: see sysctl.d(5).
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/root.hpp"
#include "daemon/plan/facts.hpp"

namespace kvmtune::facts {

/// The lines that set one of these sysctls, but for those of our own file, in the order in which they apply: by file
/// name across all folders, where a file hides those of the same name in later folders. Keys with globs are passed
/// over, so are files that cannot be read. /etc/sysctl.conf counts only through Debian's link 99-sysctl.conf, as for
/// systemd.
[[nodiscard]] std::vector<plan::SysctlLine> sysctl_lines(const Root &root, const std::set<std::string> &asked);

}  // namespace kvmtune::facts
