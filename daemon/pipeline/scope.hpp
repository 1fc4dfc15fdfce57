// What a run is about: to tune or to give back, and which domains.
#pragma once

#include <map>
#include <set>
#include <string>

#include "daemon/pipeline/given_up.hpp"
#include "daemon/plan/target.hpp"
#include "daemon/plan/wish.hpp"

namespace kvmtune::pipeline {

enum class Goal { tune, give_back };

struct Scope {
    Goal goal = Goal::tune;
    std::set<std::string> named;  ///< UUIDs; empty: all that the policy matches, and all that hold something
    bool host_only = false;
    bool offline = false;                           ///< nobody to define a network, either
    std::set<plan::Disruption> allow = {};          ///< consents of this run, beside those of the policy
    std::map<plan::Target, GivenUp> given_up = {};  ///< what others keep changing back: left to them
    std::set<std::string> resting = {};             ///< UUIDs of domains that were rolled back on request
    bool discards_edits = false;                    ///< definitions that were edited since their conversion go, too
    bool rebalance = false;                         ///< seats are planned anew where that is better

    /// Whether a target is looked at in this run.
    [[nodiscard]] bool covers(const plan::Target &target) const {
        // MTUs that run are one decision for all guests of a segment: all of them in one run, or none.
        const bool mtu = target.kind == plan::TargetKind::link ||
                         (target.kind == plan::TargetKind::knob && target.name.ends_with("/mtu"));
        if (mtu) return !host_only;
        if (target.kind == plan::TargetKind::network) return !offline;
        if (target.owner.empty()) return true;
        return !host_only && (named.empty() || named.count(target.owner) != 0);
    }
    /// Whether this run is to leave a domain without anything of ours.
    [[nodiscard]] bool gives_back(const std::string &uuid) const {
        return goal == Goal::give_back && (named.empty() || named.count(uuid) != 0);
    }
};

}  // namespace kvmtune::pipeline
