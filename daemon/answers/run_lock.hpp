// One writer at a time: the command line, the daemon and the hook take the same lock.
#pragma once

#include <chrono>

#include "base/lock.hpp"

namespace kvmtune::answers {

/// busy: another one is at work, and did not end in half a minute.
[[nodiscard]] inline Result<Fd> take_run_lock(const Root &root) {
    return take_lock(root, "run/kvmtune/lock", std::chrono::seconds(30));
}

}  // namespace kvmtune::answers
