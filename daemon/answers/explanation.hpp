// All that is known of a target: what is wished there and why, what is there, what was there before us, and whose it
// is now.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "daemon/answers/json.hpp"

namespace kvmtune::answers {

struct Explanation {
    plan::Target target;
    plan::Value wanted;      ///< nullopt: no rule wishes for it
    std::string because;     ///< rule, policy line and fact, in words; empty if it is not wished for
    std::string policy;      ///< "file:line" of the key or section behind it, or "built-in defaults"
    std::string disruption;  ///< empty if it is not wished for
    bool observed = false;   ///< whether it could be looked at now
    plan::Value found;
    bool held = false;
    plan::Value before;              ///< of a held target: its value before us
    std::vector<std::string> given;  ///< of a held target: values that were ours, the last one first
    std::string state;               ///< "as desired", "to be changed", "left alone", ...
    std::string owner;               ///< "kvmtune", "somebody else", "the system", "the definition", ...
    std::vector<std::string> remarks;
};

/// The targets that a plan knows something of: wished for, held, or waiting.
[[nodiscard]] std::set<plan::Target> known_targets(const pipeline::Planned &planned);

/// What the plan knows of a target, be it known or not.
[[nodiscard]] Explanation explanation_of(const plan::Target &target, const pipeline::Planned &planned);

[[nodiscard]] Json json_of(const Explanation &explanation, const Names &names);

}  // namespace kvmtune::answers
