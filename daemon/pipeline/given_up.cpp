#include "daemon/pipeline/given_up.hpp"

#include <algorithm>
#include <set>

namespace kvmtune::pipeline {

using plan::Target;

void leave_to_others(plan::Plan &plan, const std::map<Target, GivenUp> &given_up) {
    std::set<Target> theirs;
    std::set<std::string> failing;  // what belongs to one of these is done together or not at all
    const auto left_alone = [&](const plan::Change &change, const std::string &why) {
        plan.yielded.push_back(change.target);
        plan.findings.push_back({text_of(change.target), why});
        return true;
    };
    std::erase_if(plan.changes, [&](const plan::Change &change) {
        const auto left = given_up.find(change.target);
        if (left == given_up.end() || left->second.epoch != change.epoch) return false;
        if (!same_value(change.target, left->second.value, change.to)) return false;
        theirs.insert(change.target);
        if (left->second.fails && !change.unit.empty()) failing.insert(change.unit);
        const std::string until = "until the policy is edited or kvmtune apply is run";
        return left_alone(change, left->second.fails
                                      ? "it fails whenever it is tried: left alone for up to an hour, or " + until
                                      : "somebody keeps changing it back: left alone " + until);
    });
    std::erase_if(plan.changes, [&](const plan::Change &change) {
        if (failing.count(change.unit) != 0)
            return left_alone(change, "left alone with all of " + change.unit + ", of which a part fails");
        const auto &needed = change.requires_first;
        const auto missing =
            std::find_if(needed.begin(), needed.end(), [&](const Target &one) { return theirs.count(one) != 0; });
        return missing != needed.end() &&
               left_alone(change, "left alone: it needs " + text_of(*missing) + ", which is left alone");
    });
}

}  // namespace kvmtune::pipeline
