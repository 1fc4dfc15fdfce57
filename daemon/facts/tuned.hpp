// What TuneD sets while it runs, as far as its active profile says so in files: see tuned.conf(5).
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/root.hpp"
#include "daemon/plan/facts.hpp"

namespace kvmtune::facts {

/// The lines of the [sysctl] sections of the active profile and of those that it includes, included ones first, which
/// set one of these sysctls. None where TuneD does not run.
[[nodiscard]] std::vector<plan::SysctlLine> tuned_lines(const Root &root, const std::set<std::string> &asked);

}  // namespace kvmtune::facts
