#include "daemon/answers/json.hpp"
#include "daemon/answers/parts.hpp"
#include "daemon/pipeline/readiness.hpp"

namespace kvmtune::answers {

namespace {

/// A domain at a glance.
struct Line {
    std::string name;
    std::string state;  ///< "running", "off"
    std::string agent;  ///< "answers", "silent", "-"
    std::size_t held = 0;
    std::size_t pending = 0;
};

std::vector<Line> lines_of(const pipeline::Planned &planned) {
    std::vector<Line> lines;
    for (const auto &situation : planned.picture.situation.domains) {
        const auto &uuid = situation.facts.uuid;
        Line line;
        line.name = situation.facts.name;
        line.state = situation.running ? "running" : "off";
        line.agent = !situation.running || !situation.policy ? "-" : situation.guest ? "answers" : "silent";
        for (const auto &[target, hold] : planned.picture.holds) line.held += target.owner == uuid ? 1U : 0U;
        for (const auto &pending : planned.plan.pending) line.pending += pending.target.owner == uuid ? 1U : 0U;
        lines.push_back(std::move(line));
    }
    return lines;
}

Json json_of_status(const pipeline::Planned &planned, const Names &names) {
    Json json;
    Json domains{Json::Array{}};
    for (const auto &line : lines_of(planned)) {
        Json one;
        one.add("name", line.name);
        one.add("state", line.state);
        one.add("agent", line.agent);
        one.add("held", static_cast<std::int64_t>(line.held));
        one.add("pending", static_cast<std::int64_t>(line.pending));
        domains.push(std::move(one));
    }
    json.add("domains", std::move(domains));
    Json holds{Json::Array{}};
    for (const auto &[target, hold] : planned.picture.holds) {
        auto one = json_of(target, names);
        one.add("original", json_of(hold.original));
        one.add("asked", hold.asked);
        one.add("granted", json_of(hold.granted));
        holds.push(std::move(one));
    }
    json.add("holds", std::move(holds));
    Json plan;
    plan.add("version", 1);
    const auto members = json_of(planned.plan, names);
    for (const auto &[name, value] : *members.object()) plan.add(name, value);
    json.add("plan", std::move(plan));
    return json;
}

}  // namespace

Result<Json> overview(const Desk &desk) {
    const auto planned = TRY(pipeline::plan_for(desk.place, desk.scope));
    auto json = json_of_status(planned, pipeline::names_in(planned.picture));
    json.add("ready", desk.place.root().exists(pipeline::ready_marker));
    return json;
}

}  // namespace kvmtune::answers
