#include "daemon/pipeline/outlook.hpp"

#include "daemon/domain/agent_socket.hpp"
#include "daemon/domain/elements.hpp"
#include "daemon/domain/metadata.hpp"

namespace kvmtune::pipeline {

using plan::Pending;
using plan::Target;
using plan::TargetKind;

namespace {

void add_elements(std::set<std::string> &names, const domain::Document &document) {
    const auto holds = domain::holds_in(document);
    if (!holds) return;
    for (const auto &[target, hold] : *holds)
        if (!target.name.starts_with("controller/") && !domain::worker_named(target.name)) names.insert(target.name);
}

void add_pending(std::vector<Pending> &pending, const std::string &uuid, const Seen &seen) {
    std::set<std::string> names;
    add_elements(names, *seen.definition);
    if (seen.live) add_elements(names, *seen.live);
    for (const auto &name : names) {
        const Target target{TargetKind::element, uuid, name};
        const auto next = domain::value_of(*seen.definition, name);
        const auto now = seen.live ? domain::value_of(*seen.live, name) : Result<plan::Value>(plan::Value{});
        if (!seen.live) {
            if (next) pending.push_back({target, *next, "its saved image, which starts with what it was saved with"});
        } else if (next && now && !same_value(target, *next, *now)) {
            pending.push_back({target, *next, "the next full stop and start of " + seen.record.name});
        }
    }
}

/// Whether its guest answered and has no such knob: the NIC is gone.
bool lacks(const Seen &seen, const Target &knob) {
    return !seen.knobs.empty() && seen.knobs.count(knob) == 0;
}

}  // namespace

std::vector<Pending> next_boots(const Picture &picture, const Scope &scope) {
    std::vector<Pending> pending;
    for (const auto &[uuid, seen] : picture.domains) {
        const bool looked_at = scope.covers({TargetKind::element, uuid, ""});
        if (looked_at && seen.definition && (seen.live || seen.record.saved_image)) add_pending(pending, uuid, seen);
    }
    return pending;
}

std::set<Target> ended(const Picture &picture) {
    std::set<Target> targets;
    for (const auto &[target, hold] : picture.holds) {
        if (target.kind != TargetKind::affinity && target.kind != TargetKind::knob) continue;
        if (plan::mac_of_kept_name(target)) continue;
        const auto at = picture.domains.find(target.owner);
        if (picture.unread.count(target.owner) != 0) continue;
        const bool runs = at != picture.domains.end() && at->second.live;
        const bool knob = target.kind == TargetKind::knob;
        if (!runs || (knob && (!domain::agent_socket_in(*at->second.live) || lacks(at->second, target))))
            targets.insert(target);
    }
    return targets;
}

}  // namespace kvmtune::pipeline
