// The command "doctor".
#pragma once

#include "daemon/cli/options.hpp"
#include "daemon/cli/terminal.hpp"

namespace kvmtune::cli {

/// Examines this installation and says what it found; the exit status: done, or failed where something is bad.
[[nodiscard]] int examine(const Options &options, const Terminal &terminal);

}  // namespace kvmtune::cli
