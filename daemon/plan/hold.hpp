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

}  // namespace kvmtune::plan
