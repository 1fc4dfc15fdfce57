// What the daemon knows of how things are, for those who ask.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "daemon/plan/wish.hpp"

namespace kvmtune::service {

struct State {
    bool connected = false;                    ///< with libvirt
    std::string why_not_connected;             ///< empty while it is
    bool policy_in_force = false;              ///< some policy could be read since the start
    std::vector<std::string> policy_mistakes;  ///< of the policy as it is now: "FILE:LINE:COLUMN: WHAT"
    bool looked = false;                       ///< there was a round
    bool as_desired = false;                   ///< after the last round
    unsigned to_change = 0;                    ///< changes that the last round could not make
    unsigned pending = 0;
    std::set<plan::Finding> findings;

    bool operator==(const State &) const = default;
};

}  // namespace kvmtune::service
