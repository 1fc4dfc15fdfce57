#include "daemon/pipeline/readiness.hpp"

#include <algorithm>
#include <set>

#include "daemon/plan/pool.hpp"

namespace kvmtune::pipeline {

using plan::TargetKind;

namespace {

bool is_of_host(const plan::Target &target) {
    switch (target.kind) {
        case TargetKind::sysctl:
        case TargetKind::module:
        case TargetKind::pool:
        case TargetKind::file:
            return true;
        default:
            return false;
    }
}

/// A pool that is to shrink has all that anybody waits for.
bool is_lacking(const plan::Target &target, const plan::Value &now, const plan::Value &wanted) {
    if (target.kind != TargetKind::pool) return is_of_host(target);
    const auto pages = plan::pages_in(now);
    return !pages || *pages < plan::pages_in(wanted).value_or(0);
}

std::set<plan::Target> lacking(const plan::Plan &left) {
    std::set<plan::Target> targets;
    for (const auto &one : left.changes)
        if (is_lacking(one.target, one.from, one.to)) targets.insert(one.target);
    for (const auto &one : left.pending)
        if (is_lacking(one.target, one.now, one.value)) targets.insert(one.target);
    return targets;
}

/// Planned, and not done.
bool has_missed(const apply::Report &report, const plan::Target &target) {
    const auto failed = [&](const apply::Outcome &one) {
        return one.change.target == target && one.status != apply::Status::done;
    };
    const auto waits = [&](const plan::Pending &one) { return one.target == target; };
    return std::any_of(report.outcomes.begin(), report.outcomes.end(), failed) ||
           std::any_of(report.pending.begin(), report.pending.end(), waits);
}

}  // namespace

Result<> mark_readiness(const Root &root, const Scope &scope, const Account &account) {
    if (scope.goal == Goal::give_back) return scope.named.empty() ? root.remove(ready_marker) : Result<>{};
    const auto targets = lacking(account.left);
    const auto missed = [&](const plan::Target &target) { return has_missed(account.report, target); };
    if (std::any_of(targets.begin(), targets.end(), missed)) return root.remove(ready_marker);
    if (!targets.empty() || root.exists(ready_marker)) return {};
    TRY(root.make_directories("run/kvmtune"));
    return root.replace(ready_marker, "");
}

}  // namespace kvmtune::pipeline
