#include "daemon/answers/json.hpp"

#include <algorithm>
#include <set>

namespace kvmtune::answers {

namespace {

Json change_json(const plan::Change &change, const Names &names) {
    auto json = json_of(change.target, names);
    json.add("from", json_of(change.from));
    json.add("to", json_of(change.to));
    json.add("gives_back", change.gives_back);
    json.add("disruption", text_of(change.disruption));
    json.add("because", change.because);
    return json;
}

Json pending_json(const std::vector<plan::Pending> &all, const Names &names) {
    Json list{Json::Array{}};
    for (const auto &pending : all) {
        auto json = json_of(pending.target, names);
        json.add("value", json_of(pending.value));
        json.add("waits_for", pending.waits_for);
        list.push(std::move(json));
    }
    return list;
}

Json changes_json(const std::vector<plan::Change> &changes, const Names &names) {
    Json list{Json::Array{}};
    for (const auto &change : changes) list.push(change_json(change, names));
    return list;
}

}  // namespace

std::string unit_of(const plan::Target &target, const Names &names) {
    if (target.owner.empty()) return "host";
    const auto at = names.find(target.owner);
    return at == names.end() ? target.owner : at->second;
}

std::string layer_of(const plan::Target &target) {
    switch (target.kind) {
        case plan::TargetKind::element:
            return "definition";
        case plan::TargetKind::affinity:
            return "live";
        case plan::TargetKind::knob:
            return "guest";
        default:
            return text_of(target).substr(0, text_of(target).find(':'));
    }
}

Json json_of(const plan::Target &target, const Names &names) {
    Json json;
    json.add("target", text_of(target));
    json.add("layer", layer_of(target));
    if (!target.owner.empty()) json.add("domain", unit_of(target, names));
    return json;
}

Json json_of(const plan::Finding &finding, const Names &names) {
    Json json;
    json.add("about", finding.about);
    json.add("what", finding.what);
    const auto concerned = std::find_if(names.begin(), names.end(), [&](const auto &domain) {
        return finding.about == domain.second || finding.about.find(domain.first) != std::string::npos;
    });
    if (concerned != names.end()) json.add("domain", concerned->second);
    return json;
}

Json json_of(const std::vector<plan::Finding> &findings, const Names &names) {
    Json list{Json::Array{}};
    for (const auto &finding : std::set<plan::Finding>(findings.begin(), findings.end()))
        list.push(json_of(finding, names));
    return list;
}

Json json_of(const plan::Value &value) {
    return value ? Json(*value) : Json(nullptr);
}

Json json_of(const plan::Plan &plan, const Names &names) {
    Json json;
    json.add("as_desired", plan.empty());
    json.add("changes", changes_json(plan.changes, names));
    json.add("pending", pending_json(plan.pending, names));
    json.add("findings", json_of(plan.findings, names));
    return json;
}

Json json_of(const pipeline::Account &account) {
    Json json;
    json.add("failed", account.failed());
    json.add("as_desired", account.left.empty() && account.failures.empty());
    Json outcomes{Json::Array{}};
    for (const auto &outcome : account.report.outcomes) {
        auto one = change_json(outcome.change, account.names);
        one.add("status", apply::text_of(outcome.status));
        if (!outcome.why.empty()) one.add("why", outcome.why);
        outcomes.push(std::move(one));
    }
    json.add("changes", std::move(outcomes));
    Json restarted{Json::Array{}};
    for (const auto &name : account.restarted) restarted.push(name);
    json.add("restarted", std::move(restarted));
    json.add("failures", json_of(account.failures, account.names));
    json.add("left", changes_json(account.left.changes, account.names));
    json.add("pending", pending_json(account.left.pending, account.names));
    auto findings = account.report.findings;
    findings.insert(findings.end(), account.left.findings.begin(), account.left.findings.end());
    json.add("findings", json_of(findings, account.names));
    return json;
}

}  // namespace kvmtune::answers
