#include "daemon/pipeline/given_up.hpp"

#include <algorithm>
#include <set>

namespace kvmtune::pipeline {

using plan::Target;

void leave_to_others(plan::Plan &plan, const std::map<Target, GivenUp> &given_up) {
    std::set<Target> theirs;
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
        return left_alone(change,
                          "somebody keeps changing it back: left alone until the policy is edited or kvmtune apply is "
                          "run");
    });
    std::erase_if(plan.changes, [&](const plan::Change &change) {
        const auto &needed = change.requires_first;
        const auto missing =
            std::find_if(needed.begin(), needed.end(), [&](const Target &one) { return theirs.count(one) != 0; });
        return missing != needed.end() &&
               left_alone(change, "left alone: it needs " + text_of(*missing) + ", which somebody keeps changing back");
    });
}

}  // namespace kvmtune::pipeline
