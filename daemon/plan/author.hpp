// Who else may have given a target its value.
#pragma once

#include <string>

#include "daemon/plan/facts.hpp"
#include "daemon/plan/target.hpp"
#include "daemon/plan/wish.hpp"

namespace kvmtune::plan {

/// Who may have given it this value, as far as it can be seen on this host: "etc/sysctl.d/99-net.conf:3", "TuneD
/// (usr/lib/tuned/virtual-host/tuned.conf:12)", "Docker", "NetworkManager", "numad"; empty if nobody is
/// known.
[[nodiscard]] std::string likely_author(const Target &target, const Value &value, const HostFacts &host);

}  // namespace kvmtune::plan
