// Answers as people read them. All of it comes from the answer's JSON, so that it reads the same whoever answered.
#pragma once

#include <string>

#include "base/json.hpp"
#include "daemon/cli/options.hpp"
#include "daemon/cli/palette.hpp"

namespace kvmtune::cli {

/// The answer to this command, for the screen.
[[nodiscard]] std::string text_of(const Json &answer, const Options &options, const Palette &palette);

/// "kvmtune: ABOUT: WHAT" of each of the answer's findings, a line each, with names for UUIDs.
[[nodiscard]] std::string findings_in(const Json &answer);

}  // namespace kvmtune::cli
