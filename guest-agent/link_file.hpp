// A NIC's name that its guest keeps although the NIC comes to sit elsewhere: a .link file of systemd's udev, named by
// its MAC address. It outlives the boot, and is in force from the next one on.
#pragma once

#include <string>

#include "base/result.hpp"
#include "base/root.hpp"

namespace kvmtune::agent {

/// Whether this guest's udev reads such files.
[[nodiscard]] bool reads_link_files(const Root &root);

/// The name that our file keeps; empty if there is none. unsupported where nothing reads it.
[[nodiscard]] Result<std::string> kept_name(const Root &root, const std::string &mac);

/// Keeps a name that passed the agent's check; the empty one removes the file.
[[nodiscard]] Result<> keep_name(const Root &root, const std::string &mac, const std::string &name);

/// At each start of the agent: notes beside our files that the machine is Q35 now, and removes all of it where it is
/// not any more. Whoever gave it its old chipset back cannot ask for that: the channel went with the definition.
[[nodiscard]] Result<> settle_names(const Root &root);

}  // namespace kvmtune::agent
