// One writer at a time: flock(2) on a file, which the kernel gives up when its holder dies.
#pragma once

#include <chrono>
#include <string>

#include "base/file.hpp"
#include "base/root.hpp"

namespace kvmtune {

/// Takes the lock and keeps it as long as the descriptor lives. Waits at most this long: busy after that.
[[nodiscard]] Result<Fd> take_lock(const Root &root, const std::string &path, std::chrono::milliseconds patience);

}  // namespace kvmtune
