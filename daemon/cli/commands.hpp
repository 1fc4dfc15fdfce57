// One function a command, one file each.
#pragma once

#include "daemon/apply/journal.hpp"
#include "daemon/cli/options.hpp"
#include "daemon/cli/terminal.hpp"

namespace kvmtune::cli {

[[nodiscard]] int rewrite(const Options &options, const Terminal &terminal);
[[nodiscard]] int plan(const Options &options, const Terminal &terminal);
[[nodiscard]] int apply_or_roll_back(const Options &options, const Terminal &terminal, const apply::Step &step);
[[nodiscard]] int verify(const Options &options, const Terminal &terminal);
[[nodiscard]] int status_of_all(const Options &options, const Terminal &terminal);
[[nodiscard]] int explain(const Options &options, const Terminal &terminal);
[[nodiscard]] int facts(const Options &options, const Terminal &terminal);

}  // namespace kvmtune::cli
