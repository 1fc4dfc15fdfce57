// The program: arguments in, exit status out (0 done or as desired, 1 failed, 2 usage or policy, 3 pending or differs).
#pragma once

#include <string>
#include <vector>

#include "daemon/apply/effects.hpp"
#include "daemon/apply/journal.hpp"
#include "daemon/cli/terminal.hpp"

namespace kvmtune::cli {

namespace status {
inline constexpr int done = 0;
inline constexpr int failed = 1;
inline constexpr int usage = 2;
inline constexpr int differs = 3;
}  // namespace status

/// Runs one command line (without the program's name). The step is called after each record and effect.
[[nodiscard]] int run(const std::vector<std::string> &arguments, const Terminal &terminal, apply::Step step = {});

}  // namespace kvmtune::cli
