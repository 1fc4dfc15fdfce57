#include "daemon/plan/author.hpp"

#include <algorithm>

#include "base/canonical.hpp"

namespace kvmtune::plan {

namespace {

/// The last of these lines that sets the sysctl, if it sets it to this value.
const SysctlLine *line_for(const std::vector<SysctlLine> &lines, const std::string &sysctl, const std::string &value) {
    const auto last =
        std::find_if(lines.rbegin(), lines.rend(), [&](const SysctlLine &line) { return line.sysctl == sysctl; });
    const bool is_its = last != lines.rend() && canonical_sysctl(last->value) == canonical_sysctl(value);
    return is_its ? &*last : nullptr;
}

std::string place_of(const SysctlLine &line) {
    return line.file + ":" + std::to_string(line.line);
}

}  // namespace

std::string likely_author(const Target &target, const Value &value, const HostFacts &host) {
    if (target.kind != TargetKind::sysctl || !value) return "";
    if (const auto *line = line_for(host.tuned_lines, target.name, *value)) return "TuneD (" + place_of(*line) + ")";
    const auto *line = line_for(host.sysctl_lines, target.name, *value);
    return line == nullptr ? "" : place_of(*line);
}

}  // namespace kvmtune::plan
