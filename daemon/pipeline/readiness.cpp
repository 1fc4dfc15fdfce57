#include "daemon/pipeline/readiness.hpp"

#include <algorithm>

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

bool is_as_desired(const plan::Plan &left) {
    const auto of_host = [](const auto &one) { return is_of_host(one.target); };
    return std::none_of(left.changes.begin(), left.changes.end(), of_host) &&
           std::none_of(left.pending.begin(), left.pending.end(), of_host);
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
