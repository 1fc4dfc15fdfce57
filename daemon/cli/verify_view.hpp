// The table of `kvmtune verify`.
#pragma once

#include <string>

#include "base/json.hpp"
#include "daemon/cli/palette.hpp"

namespace kvmtune::cli {

/// A line a target: where, what is wanted, what was found, the verdict.
[[nodiscard]] std::string table_of(const Json::Array &rows, const Palette &palette);

}  // namespace kvmtune::cli
