// libvirt's events. Its own event loop runs in the thread that takes the turns, which is also the one that calls it:
// a callback never meets a call of ours halfway.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "daemon/apply/watch.hpp"

namespace kvmtune::libvirt {

/// Connects to a libvirt URI as connect() does, and watches its domains and networks. One a process: libvirt has one
/// event loop.
[[nodiscard]] Result<std::unique_ptr<apply::Watch>> watch(const std::string &uri);

}  // namespace kvmtune::libvirt
