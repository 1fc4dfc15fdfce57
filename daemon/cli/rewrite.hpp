// `kvmtune rewrite`, which asks no hypervisor.
#pragma once

#include "daemon/cli/options.hpp"
#include "daemon/cli/terminal.hpp"

namespace kvmtune::cli {

[[nodiscard]] int rewrite(const Options &options, const Terminal &terminal);

}  // namespace kvmtune::cli
