// A hold: what a target held before we first changed it, and what we gave it since. Written before the change.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/plan/target.hpp"

namespace kvmtune::plan {

struct Hold {
    std::string epoch;  ///< what the target's name stood for; a hold of another epoch is void, an empty one is for good
    Value original;     ///< before us
    std::string asked;  ///< what we last wanted there
    Value granted;      ///< what was read back after it; nullopt while unknown (a crash in between)
    std::vector<std::string> earlier;  ///< other values that were ours before

    bool operator==(const Hold &) const = default;
};

using Holds = std::map<Target, Hold>;

/// The hold on a target that is about to be asked for a value: the one there is, with what was ours before still known
/// as ours, or a new one with this original. What will be granted is not known yet.
[[nodiscard]] Hold asked_for(const Hold *held, const std::string &epoch, const Value &original,
                             const std::string &asked);

}  // namespace kvmtune::plan
