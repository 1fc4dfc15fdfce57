// Who on this host filters bridged frames with iptables, and needs the sysctls net.bridge.bridge-nf-call-* to be 1.
#pragma once

#include <set>
#include <string>

#include "base/root.hpp"

namespace kvmtune::facts {

/// Their names: "Docker", "Kubernetes", "LXD", ... Known by what they leave in the tree: sockets, bridges, enabled
/// services, processes. Rules of nobody known are named as such where the kernel tells of them. libvirt's nwfilter
/// rules are in the domains' definitions; those of running domains are seen here too.
[[nodiscard]] std::set<std::string> bridge_filter_users(const Root &root);

}  // namespace kvmtune::facts
