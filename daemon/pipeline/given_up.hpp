// What others keep changing back, and what fails whenever it is tried.
#pragma once

#include <map>
#include <string>

#include "daemon/plan/plan.hpp"

namespace kvmtune::pipeline {

/// A value that is not to be given again to the same thing.
struct GivenUp {
    std::string epoch;
    plan::Value value;
    bool fails = false;  ///< it was refused again and again; false: it was changed back

    bool operator==(const GivenUp &) const = default;
};

/// What is given up is no change of this plan any more, but yielded, with a finding. What needs it waits with it: a
/// vhost worker cannot leave its emulator's CPUs.
void leave_to_others(plan::Plan &plan, const std::map<plan::Target, GivenUp> &given_up);

}  // namespace kvmtune::pipeline
