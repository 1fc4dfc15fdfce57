// What the host says of itself in /proc, /sys and /lib/modules. Reads only; needs no root.
#pragma once

#include <set>
#include <string>

#include "base/result.hpp"
#include "base/root.hpp"
#include "daemon/plan/facts.hpp"

namespace kvmtune::facts {

/// Kernel, boot, and of the sysctls and modules asked for those that are there (modules under the name they were asked
/// by; '-' and '_' are one to the kernel), lines of sysctl.d files for those sysctls, memory, pools of huge pages, CPU
/// vendor, users of bridge netfilter. The topology is left empty: it comes from topology.hpp.
[[nodiscard]] Result<plan::HostFacts> host_facts(const Root &root, const std::set<std::string> &asked_sysctls,
                                                 const std::set<std::string> &asked_modules);

}  // namespace kvmtune::facts
