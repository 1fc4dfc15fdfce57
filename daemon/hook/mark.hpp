// The mark that each call of the hook leaves, so that somebody can see that libvirt calls it.
#pragma once

#include <optional>

#include "base/root.hpp"

namespace kvmtune::hook {

/// Leaves it, at this time of the kernel (CLOCK_BOOTTIME, as /proc/PID/stat counts). Where it cannot, nothing is lost.
void leave_mark(const std::string &root);

/// Seconds after the boot at which the hook was called last; nullopt if it was not since then.
[[nodiscard]] std::optional<double> last_call(const Root &root);

}  // namespace kvmtune::hook
