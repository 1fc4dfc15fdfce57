// What others keep changing back.
#pragma once

#include <map>
#include <string>

#include "daemon/plan/plan.hpp"

namespace kvmtune::pipeline {

/// A value that is not to be given again to the same thing.
struct GivenUp {
    std::string epoch;
    plan::Value value;

    bool operator==(const GivenUp &) const = default;
};

/// What others keep changing back is theirs: no change of this plan any more, but yielded, with a finding. What needs
/// it waits with it: a vhost worker cannot leave its emulator's CPUs.
void leave_to_others(plan::Plan &plan, const std::map<plan::Target, GivenUp> &given_up);

}  // namespace kvmtune::pipeline
