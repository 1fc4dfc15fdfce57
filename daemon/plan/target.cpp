#include "daemon/plan/target.hpp"

#include <array>
#include <utility>

namespace kvmtune::plan {

namespace {

constexpr std::array<std::pair<TargetKind, const char *>, 9> kinds = {{
    {TargetKind::module, "module"},
    {TargetKind::sysctl, "sysctl"},
    {TargetKind::file, "file"},
    {TargetKind::element, "element"},
    {TargetKind::affinity, "affinity"},
    {TargetKind::pool, "pool"},
    {TargetKind::link, "link"},
    {TargetKind::network, "network"},
    {TargetKind::knob, "knob"},
}};

}  // namespace

Target machine_target(const std::string &uuid) {
    return {TargetKind::element, uuid, "os/machine"};
}

Target kept_name_target(const std::string &uuid, const std::string &mac) {
    return {TargetKind::knob, uuid, "nic/" + mac + "/name"};
}

std::optional<std::string> mac_of_knob(const Target &target, const std::string &knob) {
    const std::string start = "nic/", end = "/" + knob;
    if (target.kind != TargetKind::knob || !target.name.starts_with(start) || !target.name.ends_with(end))
        return std::nullopt;
    return target.name.substr(start.size(), target.name.size() - start.size() - end.size());
}

std::optional<std::string> mac_of_kept_name(const Target &target) {
    return mac_of_knob(target, "name");
}

bool is_machine(const Target &target) {
    return target.kind == TargetKind::element && target.name == "os/machine";
}

Target memory_target(const std::string &uuid) {
    return {TargetKind::affinity, uuid, "memory/nodes"};
}

bool belongs_to_domain(TargetKind kind) {
    return kind == TargetKind::element || kind == TargetKind::affinity || kind == TargetKind::knob;
}

std::string text_of(const Target &target) {
    std::string text;
    for (const auto &[kind, name] : kinds)
        if (kind == target.kind) text = name;
    if (!target.owner.empty()) text += ":" + target.owner;
    return text + ":" + target.name;
}

Result<Target> target_from(const std::string &text) {
    const auto wrong = [&] { return failure(ErrorKind::invalid, "\"" + text + "\" names no target"); };
    const auto colon = text.find(':');
    for (const auto &[kind, name] : kinds) {
        if (text.substr(0, colon) != name || colon == std::string::npos) continue;
        auto rest = text.substr(colon + 1);
        std::string owner;
        if (belongs_to_domain(kind)) {
            const auto end = rest.find(':');
            if (end == std::string::npos || end == 0) return wrong();
            owner = rest.substr(0, end);
            rest = rest.substr(end + 1);
        }
        if (rest.empty()) return wrong();
        return Target{kind, std::move(owner), std::move(rest)};
    }
    return wrong();
}

}  // namespace kvmtune::plan
