// Whether disks take O_DIRECT and have no holes. Opens them for reading, and never reads or writes a byte.
#pragma once

#include <map>
#include <set>
#include <string>

#include "base/root.hpp"
#include "daemon/plan/facts.hpp"

namespace kvmtune::facts {

/// By path as it was asked for, from the root with its slash. A path that is neither a block device nor a file, or that
/// is not there, takes nothing, and says why.
[[nodiscard]] std::map<std::string, plan::DiskProbe> probe_disks(const Root &root, const std::set<std::string> &paths);

}  // namespace kvmtune::facts
