// The host's network links, as sysfs shows them: no socket, no privilege, and a tree of files can stand for a host.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/root.hpp"
#include "daemon/plan/facts.hpp"

namespace kvmtune::facts {

/// The links below sys/class/net, by name; none if there is no such folder. One that goes away meanwhile is left out.
/// Kinds are "bridge", "tun", "bond", else the kernel's DEVTYPE ("vlan", "vxlan", "macvtap", "openvswitch"), empty for
/// a device of hardware, and "virtual" for the rest (veth, dummy, lo).
[[nodiscard]] Result<std::vector<plan::Link>> links_in(const Root &root);

/// One of them; not_found if it is not there.
[[nodiscard]] Result<plan::Link> link(const Root &root, const std::string &name);

/// What a link's name stands for: names are used again, the index within a boot is not.
[[nodiscard]] std::string link_epoch(const std::string &boot_id, unsigned index);

}  // namespace kvmtune::facts
