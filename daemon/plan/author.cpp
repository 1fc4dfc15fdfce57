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

std::string joined(const std::set<std::string> &names) {
    std::string text;
    for (const auto &name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

std::string author_of_sysctl(const std::string &sysctl, const std::string &value, const HostFacts &host) {
    if (const auto *line = line_for(host.tuned_lines, sysctl, value)) return "TuneD (" + place_of(*line) + ")";
    if (const auto *line = line_for(host.sysctl_lines, sysctl, value)) return place_of(*line);
    const bool filters = sysctl.starts_with("net.bridge.bridge-nf-call-") && value == "1";
    return filters ? joined(host.bridge_filter_users) : "";
}

/// Of the link of a target "vnet0/mtu".
std::string manager_of(const std::string &target, const HostFacts &host) {
    const auto link = std::find_if(host.links.begin(), host.links.end(),
                                   [&](const Link &one) { return one.name == target.substr(0, target.rfind('/')); });
    return link == host.links.end() ? "" : link->manager;
}

}  // namespace

std::string likely_author(const Target &target, const Value &value, const HostFacts &host) {
    switch (target.kind) {
        case TargetKind::sysctl:
            return value ? author_of_sysctl(target.name, *value, host) : "";
        case TargetKind::link:
            return manager_of(target.name, host);
        case TargetKind::affinity:
            return joined(host.thread_movers);
        default:
            return "";
    }
}

}  // namespace kvmtune::plan
