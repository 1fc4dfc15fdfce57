// The host as an SVG picture of its own: packages, nodes, caches, cores and CPUs with who sits on them, and a legend.
// Nothing in it is run or fetched, so that it can go into a ticket. It is drawn on a light ground of its own.
#pragma once

#include <string>

#include "base/json.hpp"
#include "daemon/plan/occupancy.hpp"

namespace kvmtune::cli {

/// The picture of a host with these guests.
[[nodiscard]] std::string svg_of(const plan::Topology &topology, const plan::Occupancy &occupancy, plan::When when);

/// The picture of an answer to "topology".
[[nodiscard]] std::string svg_of_topology(const Json &answer);

}  // namespace kvmtune::cli
