// The files of the host that are ours, by their path from the root without leading slash.
#pragma once

#include <string>

#include "daemon/plan/wish.hpp"

namespace kvmtune::plan::own_files {

inline constexpr const char *modules = "etc/modules-load.d/kvmtune.conf";
inline constexpr const char *sysctls = "etc/sysctl.d/60-kvmtune.conf";
inline constexpr const char *pools = "etc/tmpfiles.d/kvmtune.conf";
inline constexpr const char *bridge_netfilter = "etc/udev/rules.d/60-kvmtune-bridge-netfilter.rules";

/// A wish for one of them with these lines, below one that says whose it is.
[[nodiscard]] Wish wish_for(const char *path, const std::string &lines, const std::string &because);

}  // namespace kvmtune::plan::own_files
