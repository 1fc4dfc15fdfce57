// kvmtuned: the keeper, with all that wakes it and all that it tells.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"

namespace kvmtune::service {

struct Options {
    std::string root = "/";
    std::string uri = "qemu:///system";
    std::optional<std::string> policy;    ///< a file, instead of those in /etc/kvmtune
    std::optional<std::string> topology;  ///< instead of this machine's
};

/// Runs until SIGTERM or SIGINT, and leaves everything as it is then, unless the policy says otherwise.
[[nodiscard]] Result<int> run_daemon(const Options &options);

}  // namespace kvmtune::service
