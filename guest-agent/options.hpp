// The agent's command line.
#pragma once

#include <string>

#include "base/result.hpp"

namespace kvmtune::agent {

struct Options {
    enum class Action { serve, show_help, show_version };
    Action action = Action::serve;
    std::string port;        ///< empty: found by its name
    std::string root = "/";  ///< tree of /proc, /sys, /run, /var and /dev
};

/// The options from main's arguments; invalid with what is wrong.
[[nodiscard]] Result<Options> options_from(int count, char **arguments);

/// The text of --help.
[[nodiscard]] std::string usage();

}  // namespace kvmtune::agent
