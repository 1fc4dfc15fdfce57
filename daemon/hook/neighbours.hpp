// The guests that run on this host, as far as their threads tell: what a planner must not give away.
#pragma once

#include "base/root.hpp"
#include "daemon/plan/ledger.hpp"

namespace kvmtune::hook {

/// CPUs of the vCPUs and vhost workers of all guests with a pid file of libvirt's, by name; a thread that may run
/// anywhere holds none, and neither does a worker without a place of its own.
[[nodiscard]] plan::Ledger taken_by_running(const Root &root, const plan::Topology &topology);

}  // namespace kvmtune::hook
