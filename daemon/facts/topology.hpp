// The CPUs and NUMA nodes of this machine, or of one described by hwloc (its XML or its synthetic descriptions).
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "daemon/plan/facts.hpp"

namespace kvmtune::facts {

/// This machine's CPUs that are online and allowed by the cgroup (not narrowed by our own affinity), and its nodes.
/// A machine without NUMA is node 0. I/O devices and inner caches are not looked at, as they take time.
[[nodiscard]] Result<plan::Topology> this_machines_topology();

/// A machine by description: hwloc XML (a text that starts with '<'), the name of a file that holds one of the other
/// two, or a synthetic description ("package:2 [numa(memory=96GB)] core:18 pu:2(indexes=2*36:1*2)"; hwloc gives a node
/// 1 GiB unless told).
[[nodiscard]] Result<plan::Topology> topology_from(const std::string &text_or_file);

/// A machine in hwloc's XML: one by description as for topology_from(), or this one.
[[nodiscard]] Result<std::string> topology_xml(const std::optional<std::string> &text_or_file);

}  // namespace kvmtune::facts
