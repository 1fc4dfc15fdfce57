// Parts of answers: plans, accounts, targets, values and findings as JSON.
#pragma once

#include <map>
#include <string>

#include "base/json.hpp"
#include "daemon/pipeline/pipeline.hpp"
#include "daemon/plan/occupancy.hpp"

namespace kvmtune::answers {

using Names = std::map<std::string, std::string>;  ///< domains' names by UUID

/// The unit that a target belongs to: "host", or the domain's name.
[[nodiscard]] std::string unit_of(const plan::Target &target, const Names &names);
/// Its kind in the words of the plan: "definition", "live", "guest", else the kind itself.
[[nodiscard]] std::string layer_of(const plan::Target &target);

[[nodiscard]] Json json_of(const plan::Plan &plan, const Names &names);
[[nodiscard]] Json json_of(const pipeline::Account &account);
[[nodiscard]] Json json_of(const plan::Value &value);
[[nodiscard]] Json json_of(const plan::Finding &finding, const Names &names);
/// Each finding once, in order.
[[nodiscard]] Json json_of(const std::vector<plan::Finding> &findings, const Names &names);
/// The host's nodes and CPUs with who sits on them.
[[nodiscard]] Json json_of(const plan::Topology &topology, const plan::Occupancy &occupancy);
/// Its text, layer and domain.
[[nodiscard]] Json json_of(const plan::Target &target, const Names &names);

}  // namespace kvmtune::answers
