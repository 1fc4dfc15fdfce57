// The marker that says that this host is as desired. It is in /run, so that no boot begins with it.
#pragma once

#include "base/root.hpp"
#include "daemon/pipeline/pipeline.hpp"

namespace kvmtune::pipeline {

inline constexpr const char *ready_marker = "run/kvmtune/ready";

/// Sets or removes the marker by what is left to do after a run: only the host's own settings count, no guest, no
/// MTU of a segment and no pool of huge pages that is only to shrink. A host of which everything is given back is not
/// ready; giving back domains leaves it as it is, and so does what came up while the run was at work: the next one does
/// that, and meanwhile guests start.
[[nodiscard]] Result<> mark_readiness(const Root &root, const Scope &scope, const Account &account);

}  // namespace kvmtune::pipeline
