#include "daemon/cli/commands.hpp"
#include "daemon/cli/json.hpp"
#include "daemon/cli/run.hpp"
#include "daemon/cli/site.hpp"

namespace kvmtune::cli {

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

std::string text_of(const std::vector<Line> &lines, const pipeline::Planned &planned, const Palette &palette) {
    std::string text = palette.heading("host") + "\n";
    for (const auto &[target, hold] : planned.picture.holds)
        if (target.owner.empty())
            text += "  " + text_of(target) + "  " + shown(target, hold.asked) + "  (was " +
                    shown(target, hold.original) + ")\n";
    for (const auto &line : lines)
        text += palette.heading(line.name) + "\n  " + line.state + ", agent " + line.agent + ", " +
                std::to_string(line.held) + " held, " + std::to_string(line.pending) + " pending\n";
    return text + "\n" + std::to_string(planned.picture.holds.size()) + " held, " +
           std::to_string(planned.plan.changes.size()) + " to change, " + std::to_string(planned.plan.pending.size()) +
           " pending.\n";
}

Json json_of_status(const std::vector<Line> &lines, const pipeline::Planned &planned, const Names &names) {
    Json json;
    Json domains{Json::Array{}};
    for (const auto &line : lines) {
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
        Json one;
        one.add("target", text_of(target));
        one.add("original", json_of(hold.original));
        one.add("asked", hold.asked);
        one.add("granted", json_of(hold.granted));
        holds.push(std::move(one));
    }
    json.add("holds", std::move(holds));
    json.add("plan", json_of(planned.plan, names));
    return json;
}

}  // namespace

int status_of_all(const Options &options, const Terminal &terminal) {
    auto site = open_site(options, terminal, Access::read);
    if (!site) return site.error();
    const auto planned = pipeline::plan_for(*(*site)->place, (*site)->scope);
    if (!planned) return fail(terminal, planned.error());
    const auto names = pipeline::names_in(planned->picture);
    const auto lines = lines_of(*planned);
    if (options.json) {
        terminal.result(answer("status", json_of_status(lines, *planned, names)).pretty());
    } else {
        terminal.result(text_of(lines, *planned, Palette::of(options, terminal)));
        if (!options.quiet) terminal.note(text_of(planned->plan.findings, names));
    }
    return status::done;
}

}  // namespace kvmtune::cli
