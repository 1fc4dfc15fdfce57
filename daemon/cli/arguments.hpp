// The command line as Options, or what to print instead (help, version, a mistake).
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

#include "daemon/cli/options.hpp"

namespace kvmtune::cli {

/// Text to print and the exit status to end with: 0 for help and version, 2 for a mistake.
struct Instead {
    std::string text;
    int status = 0;
};

[[nodiscard]] tl::expected<Options, Instead> options_from(const std::vector<std::string> &arguments);

}  // namespace kvmtune::cli
