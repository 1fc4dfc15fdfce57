// One writer at a time: the command line, the daemon and the hook take the same lock.
#pragma once

#include <chrono>

#include "base/lock.hpp"

namespace kvmtune::pipeline {

/// busy: another one is at work, and did not end in this time.
[[nodiscard]] inline Result<Fd> take_run_lock(const Root &root,
                                              std::chrono::milliseconds patience = std::chrono::seconds(30)) {
    return take_lock(root, "run/kvmtune/lock", patience);
}

}  // namespace kvmtune::pipeline
