#include "daemon/pipeline/readiness.hpp"

#include <algorithm>

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

bool is_as_desired(const plan::Plan &left) {
    const auto changes = [](const plan::Change &one) { return is_lacking(one.target, one.from, one.to); };
    const auto waits = [](const plan::Pending &one) { return is_lacking(one.target, one.now, one.value); };
    return std::none_of(left.changes.begin(), left.changes.end(), changes) &&
           std::none_of(left.pending.begin(), left.pending.end(), waits);
}

}  // namespace

Result<> mark_readiness(const Root &root, const Scope &scope, const plan::Plan &left) {
    if (scope.goal == Goal::give_back) return scope.named.empty() ? root.remove(ready_marker) : Result<>{};
    if (!is_as_desired(left)) return root.remove(ready_marker);
    if (root.exists(ready_marker)) return {};
    TRY(root.make_directories("run/kvmtune"));
    return root.replace(ready_marker, "");
}

}  // namespace kvmtune::pipeline
