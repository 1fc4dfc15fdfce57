#include "daemon/cli/view.hpp"

#include <algorithm>
#include <utility>

#include "daemon/cli/change_view.hpp"
#include "daemon/cli/drawing/drawing.hpp"
#include "daemon/cli/member.hpp"
#include "daemon/cli/outline.hpp"
#include "daemon/cli/topology_view.hpp"
#include "daemon/cli/verify_view.hpp"
#include "daemon/plan/sizes.hpp"
#include "daemon/plan/target.hpp"

namespace kvmtune::cli {

namespace {

std::string text_of_plan(const Json &answer, const Palette &palette) {
    const auto diff = text_at(answer, "diff");
    const auto &changes = list_at(answer, "changes");
    const auto &waiting = list_at(answer, "pending");
    if (is_true(answer, "as_desired")) return palette.good("All is as desired.") + "\n";
    Grouped grouped(palette);
    for (const auto &change : changes) grouped.add(unit_of(change), change_line(change, Detail::reasons, palette));
    for (const auto &pending : waiting) grouped.add(unit_of(pending) + " (pending)", pending_line(pending));
    return grouped.text() + "\nPlan: " + counted(changes.size(), "change") + ", " + std::to_string(waiting.size()) +
           " pending.\n" + (diff.empty() ? "" : "\n" + palette.diff(diff));
}

constexpr std::pair<const char *, const char *> measures_of_quality[] = {
    {"without_seat", "guests without a seat"},
    {"nodes_crossed", "NUMA nodes beyond a guest's first"},
    {"workers_without_cpu", "CPUs that vhost workers lack"},
    {"workers_far", "vhost workers on another node"},
    {"far_from_uplink", "guests on another node than their uplink"},
    {"caches_crossed", "last-level caches between vCPUs of a guest"},
    {"workers_behind_other_caches", "vhost workers behind another cache"},
};

std::string text_of_gain(const Json &answer, const Palette &palette) {
    const auto *gain = answer.find("gain");
    const auto *before = gain == nullptr ? nullptr : gain->find("before");
    const auto *after = gain == nullptr ? nullptr : gain->find("after");
    if (before == nullptr || after == nullptr) return "";
    std::string text;
    for (const auto &[name, what] : measures_of_quality) {
        const auto from = std::to_string(number_at(*before, name));
        const auto to = std::to_string(number_at(*after, name));
        text += std::string(what) + ": " + (from == to ? from : from + " -> " + palette.good(to)) + "\n";
    }
    std::string moved;
    for (const Json &one : list_at(*gain, "moved")) moved += (moved.empty() ? "" : ", ") + *one.text();
    text += moved.empty() ? "Nothing is gained by moving anybody." : "moved: " + moved;
    if (const auto copied = static_cast<std::uint64_t>(number_at(*gain, "copied")); copied != 0)
        text += "\nmemory of guests that run, which goes to other NUMA nodes: up to " + plan::size_text(copied);
    return text + "\n\n";
}

std::string outcome_line(const Json &outcome, Detail detail, const Palette &palette) {
    auto line = change_line(outcome, detail, palette);
    const auto status = text_at(outcome, "status");
    if (status != "done") line.insert(line.size() - 1, "  " + palette.bad(status + ": " + text_at(outcome, "why")));
    return line;
}

std::string text_of_account(const Json &answer, Detail detail, const Palette &palette) {
    const auto &outcomes = list_at(answer, "changes");
    const auto &failures = list_at(answer, "failures");
    const auto &waiting = list_at(answer, "pending");
    Grouped grouped(palette);
    for (const auto &outcome : outcomes) grouped.add(unit_of(outcome), outcome_line(outcome, detail, palette));
    for (const auto &name : list_at(answer, "restarted")) grouped.add(*name.text(), "  restarted\n");
    for (const auto &failure : failures)
        grouped.add(text_at(failure, "about"), "  " + palette.bad("failed: " + text_at(failure, "what")) + "\n");
    for (const auto &change : list_at(answer, "left"))
        grouped.add(unit_of(change) + " (left)", change_line(change, detail, palette));
    for (const auto &pending : waiting) grouped.add(unit_of(pending) + " (pending)", pending_line(pending));
    const auto done = static_cast<std::size_t>(std::count_if(
        outcomes.begin(), outcomes.end(), [](const Json &outcome) { return text_at(outcome, "status") == "done"; }));
    auto text = grouped.text();
    if (!text.empty()) text += "\n";
    return text + counted(done, "change") + " made, " + std::to_string(outcomes.size() - done + failures.size()) +
           " not, " + std::to_string(waiting.size()) + " pending.\n";
}

std::string text_of_daemon(const Json &daemon) {
    if (!is_true(daemon, "running")) return "does not run";
    std::string text = "runs";
    if (!is_true(daemon, "connected")) text += ", not connected with libvirt";
    if (!is_true(daemon, "policy_in_force")) text += ", no policy in force";
    if (is_true(daemon, "as_desired")) return text + ", all is as desired";
    return text + ", " + std::to_string(number_at(daemon, "to_change")) + " to change, " +
           std::to_string(number_at(daemon, "pending")) + " pending";
}

std::string text_of_overview(const Json &answer, const Palette &palette) {
    const auto &holds = list_at(answer, "holds");
    std::string text;
    if (const auto *daemon = answer.find("daemon"))
        text += palette.heading("kvmtuned") + "\n  " + text_of_daemon(*daemon) + "\n";
    text += palette.heading("host") + "\n  " +
            (is_true(answer, "ready") ? "ready" : "its part was not done since the boot") + "\n";
    for (const auto &hold : holds)
        if (text_at(hold, "domain").empty())
            text += "  " + text_at(hold, "target") + "  " + value_at(hold, "asked") + "  (was " +
                    value_at(hold, "original") + ")\n";
    for (const auto &domain : list_at(answer, "domains"))
        text += palette.heading(text_at(domain, "name")) + "\n  " + text_at(domain, "state") + ", agent " +
                text_at(domain, "agent") + ", " + std::to_string(number_at(domain, "held")) + " held, " +
                std::to_string(number_at(domain, "pending")) + " pending\n";
    const auto *plan = answer.find("plan");
    if (plan == nullptr) return text;
    return text + "\n" + std::to_string(holds.size()) + " held, " + std::to_string(list_at(*plan, "changes").size()) +
           " to change, " + std::to_string(list_at(*plan, "pending").size()) + " pending.\n";
}

std::string line(const std::string &name, const std::string &value) {
    constexpr std::size_t width = 10;
    return "  " + name + std::string(width - name.size(), ' ') + value + "\n";
}

std::string text_of_explanation(const Json &target, const Palette &palette) {
    auto text = palette.heading(unit_of(target) + " " + text_at(target, "layer") + " " + target_name(target)) + "\n";
    if (!text_at(target, "disruption").empty()) {
        const auto disruption = palette.notable("[" + text_at(target, "disruption") + "]");
        text += line("wanted", value_at(target, "wanted") + "  " + disruption);
        text += line("because", text_at(target, "because"));
    }
    text += line("policy", text_at(target, "policy"));
    text += line("found", is_true(target, "observed") ? value_at(target, "found") : "cannot be seen now");
    if (is_true(target, "held")) {
        text += line("before us", value_at(target, "before"));
        for (const auto &given : list_at(target, "given")) text += line("given", *given.text());
    }
    text += line("owner", text_at(target, "owner")) + line("state", text_at(target, "state"));
    for (const auto &remark : list_at(target, "remarks")) text += line("note", *remark.text());
    return text;
}

std::string text_of_explanations(const Json &answer, const std::string &subject, const Palette &palette) {
    const auto &targets = list_at(answer, "targets");
    if (targets.empty()) return subject + ": nothing is wished for and nothing is held\n";
    std::string text;
    for (const auto &target : targets) text += text_of_explanation(target, palette);
    return text;
}

std::string text_of_facts(const Json &answer) {
    Json facts;
    for (const auto *name : {"host", "domains"})
        if (const auto *member = answer.find(name)) facts.add(name, *member);
    return outline_of(facts);
}

}  // namespace

std::string text_of(const Json &answer, const Options &options, const Palette &palette) {
    switch (options.command) {
        case Command::apply:
        case Command::rollback:
            return options.dry_run
                       ? text_of_plan(answer, palette)
                       : text_of_account(answer, options.verbose ? Detail::reasons : Detail::brief, palette);
        case Command::verify:
            return table_of(list_at(answer, "rows"), palette);
        case Command::status:
            return text_of_overview(answer, palette);
        case Command::explain:
            return text_of_explanations(answer, options.subject, palette);
        case Command::facts:
            return text_of_facts(answer);
        case Command::rebalance:
            if (options.moving)
                return text_of_account(answer, options.verbose ? Detail::reasons : Detail::brief, palette);
            return text_of_gain(answer, palette) + text_of_plan(answer, palette);
        case Command::topology:
            return options.svg ? svg_of_topology(answer) : text_of_topology(answer, palette);
        case Command::plan:
        case Command::rewrite:
        case Command::doctor:
            break;
    }
    return text_of_plan(answer, palette);
}

std::string findings_in(const Json &answer) {
    constexpr std::size_t uuid_length = 36;
    const auto *plan = answer.find("plan");
    std::string text;
    for (const auto &finding : list_at(plan != nullptr ? *plan : answer, "findings")) {
        auto about = text_at(finding, "about");
        const auto name = text_at(finding, "domain");
        // Targets of domains have the UUID behind their kind.
        const auto colon = about.find(':');
        if (!name.empty() && plan::target_from(about) && colon != std::string::npos)
            about.replace(colon + 1, uuid_length, name);
        text += "kvmtune: " + about + ": " + text_at(finding, "what") + "\n";
    }
    return text;
}

}  // namespace kvmtune::cli
