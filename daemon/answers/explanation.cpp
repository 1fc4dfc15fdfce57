#include "daemon/answers/explanation.hpp"

#include <algorithm>

#include "daemon/answers/json.hpp"

namespace kvmtune::answers {

using pipeline::Planned;
using plan::Target;
using plan::TargetKind;

namespace {

constexpr const char *defaults = "built-in defaults";

/// The keys that a host target may follow from, the nearest first.
std::vector<std::string> keys_behind(const Target &target) {
    switch (target.kind) {
        case TargetKind::sysctl:
            return {"host.sysctl." + target.name, "host.profile"};
        case TargetKind::module:
            return {"host.modules", "host.profile"};
        case TargetKind::file:
            return {"host.persist", "host.profile"};
        case TargetKind::pool:
            return {"host.hugepages.pool", "host.hugepages.page_size", "host.hugepages.keep_free", "host.profile"};
        case TargetKind::network:
            return {"network." + target.name.substr(0, target.name.rfind('/')) + "." +
                        target.name.substr(target.name.rfind('/') + 1),
                    "host.profile"};
        default:
            return {"host.profile"};
    }
}

std::string policy_behind(const Target &target, const plan::Situation &situation) {
    for (const auto &domain : situation.domains)
        if (!target.owner.empty() && domain.facts.uuid == target.owner)
            return domain.policy ? domain.policy->source : "no section matches the domain";
    const auto &sources = situation.policy.sources;
    for (const auto &key : keys_behind(target))
        if (const auto at = sources.find(key); at != sources.end()) return at->second;
    return defaults;
}

std::string owner_without_us(TargetKind kind) {
    switch (kind) {
        case TargetKind::element:
            return "the definition";
        case TargetKind::network:
            return "the network's definition";
        case TargetKind::affinity:
            return "the kernel";
        case TargetKind::knob:
            return "the guest";
        default:
            return "the system";
    }
}

bool has(const std::vector<Target> &targets, const Target &target) {
    return std::count(targets.begin(), targets.end(), target) != 0;
}

std::string state_in(const plan::Plan &plan, const Target &target, const Explanation &so_far) {
    for (const auto &change : plan.changes)
        if (change.target == target) return change.gives_back ? "to be given back" : "to be changed";
    for (const auto &pending : plan.pending)
        if (pending.target == target) return "pending, waits for " + pending.waits_for;
    if (has(plan.yielded, target)) return "left alone";
    if (!so_far.wanted) return "not wished for";
    return so_far.observed ? "as desired" : "cannot be seen now";
}

std::string owner_in(const plan::Plan &plan, const Target &target, const Explanation &so_far, const plan::Hold *hold) {
    if (has(plan.yielded, target)) return "somebody else, who changed it after us";
    const bool ours = hold != nullptr && so_far.observed && is_ours(target, *hold, so_far.found);
    return ours ? "kvmtune" : owner_without_us(target.kind);
}

/// Findings that name the target, and files that set it at boot.
std::vector<std::string> remarks_on(const Target &target, const Planned &planned) {
    std::vector<std::string> remarks;
    for (const auto &finding : planned.plan.findings)
        if (finding.about == text_of(target)) remarks.push_back(finding.what);
    if (target.kind != TargetKind::sysctl) return remarks;
    for (const auto &line : planned.picture.situation.host.sysctl_lines)
        if (line.sysctl == target.name)
            remarks.push_back("/" + line.file + ":" + std::to_string(line.line) + " sets it to " + line.value +
                              " at boot");
    return remarks;
}

std::vector<std::string> given_by(const plan::Hold &hold) {
    std::vector<std::string> given = {hold.asked};
    if (hold.granted && *hold.granted != hold.asked) given.push_back(*hold.granted);
    given.insert(given.end(), hold.earlier.rbegin(), hold.earlier.rend());
    return given;
}

}  // namespace

std::set<Target> known_targets(const Planned &planned) {
    std::set<Target> targets;
    for (const auto &[target, wish] : planned.desired.wishes) targets.insert(target);
    for (const auto &[target, hold] : planned.picture.holds) targets.insert(target);
    for (const auto &pending : planned.plan.pending) targets.insert(pending.target);
    return targets;
}

Explanation explanation_of(const Target &target, const Planned &planned) {
    Explanation all;
    all.target = target;
    all.policy = policy_behind(target, planned.picture.situation);
    if (const auto wish = planned.desired.wishes.find(target); wish != planned.desired.wishes.end()) {
        all.wanted = wish->second.value;
        all.because = wish->second.because;
        all.disruption = text_of(wish->second.disruption);
    }
    if (const auto seen = planned.observed.find(target); seen != planned.observed.end()) {
        all.observed = true;
        all.found = seen->second.value;
    }
    const auto held = planned.picture.holds.find(target);
    const auto *hold = held == planned.picture.holds.end() ? nullptr : &held->second;
    if (hold != nullptr) {
        all.held = true;
        all.before = hold->original;
        all.given = given_by(*hold);
    }
    all.state = state_in(planned.plan, target, all);
    all.owner = owner_in(planned.plan, target, all, hold);
    all.remarks = remarks_on(target, planned);
    return all;
}

Json json_of(const Explanation &explanation, const Names &names) {
    auto json = json_of(explanation.target, names);
    json.add("wanted", json_of(explanation.wanted));
    json.add("because", explanation.because);
    json.add("policy", explanation.policy);
    json.add("disruption", explanation.disruption);
    json.add("observed", explanation.observed);
    json.add("found", json_of(explanation.found));
    json.add("held", explanation.held);
    json.add("before", json_of(explanation.before));
    Json given{Json::Array{}};
    for (const auto &one : explanation.given) given.push(one);
    json.add("given", std::move(given));
    json.add("owner", explanation.owner);
    json.add("state", explanation.state);
    Json remarks{Json::Array{}};
    for (const auto &one : explanation.remarks) remarks.push(one);
    json.add("remarks", std::move(remarks));
    return json;
}

}  // namespace kvmtune::answers
