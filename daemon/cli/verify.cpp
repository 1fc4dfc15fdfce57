#include <algorithm>

#include "daemon/cli/commands.hpp"
#include "daemon/cli/json.hpp"
#include "daemon/cli/run.hpp"
#include "daemon/cli/site.hpp"

namespace kvmtune::cli {

namespace {

/// One target as it should be and as it is.
struct Row {
    plan::Target target;
    plan::Value wanted;
    plan::Value found;
    std::string verdict;  ///< "ok", "differs", "pending", "yielded"
    std::string remark;
};

std::vector<Row> rows_of(const pipeline::Planned &planned) {
    std::map<plan::Target, Row> rows;
    for (const auto &[target, wish] : planned.desired.wishes) {
        const auto seen = planned.observed.find(target);
        if (seen == planned.observed.end()) continue;
        rows[target] = {target, wish.value, seen->second.value, "ok", ""};
    }
    const auto &plan = planned.plan;
    for (const auto &change : plan.changes)
        rows[change.target] = {change.target, change.to, change.from, "differs", ""};
    for (const auto &target : plan.yielded) {
        rows[target].target = target;
        rows[target].verdict = "yielded";
    }
    for (const auto &pending : plan.pending)
        rows[pending.target] = {pending.target, pending.value, std::nullopt, "pending",
                                "waits for " + pending.waits_for};
    std::vector<Row> list;
    for (auto &[target, row] : rows) list.push_back(std::move(row));
    return list;
}

std::string painted(const Palette &palette, const std::string &verdict, const std::string &line) {
    if (verdict == "differs") return palette.bad(line);
    return verdict == "ok" ? line : palette.notable(line);
}

std::string table(const std::vector<Row> &rows, const Names &names, const Palette &palette) {
    std::vector<std::vector<std::string>> cells = {{"WHERE", "LAYER", "TARGET", "WANTED", "FOUND", "VERDICT", ""}};
    for (const auto &row : rows)
        cells.push_back({unit_of(row.target, names), layer_of(row.target), row.target.name,
                         shown(row.target, row.wanted), shown(row.target, row.found), row.verdict, row.remark});
    std::vector<std::size_t> widths(cells.front().size(), 0);
    for (const auto &line : cells)
        for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
    std::string text;
    for (std::size_t at = 0; at < cells.size(); ++at) {
        const auto &line = cells[at];
        std::string out;
        for (std::size_t i = 0; i < line.size(); ++i) out += line[i] + std::string(widths[i] - line[i].size() + 2, ' ');
        out.erase(out.find_last_not_of(' ') + 1);
        text += (at == 0 ? palette.heading(out) : painted(palette, rows[at - 1].verdict, out)) + "\n";
    }
    return text;
}

Json rows_json(const std::vector<Row> &rows, const Names &names) {
    Json list{Json::Array{}};
    for (const auto &row : rows) {
        auto json = json_of(row.target, names);
        json.add("wanted", json_of(row.wanted));
        json.add("found", json_of(row.found));
        json.add("verdict", row.verdict);
        if (!row.remark.empty()) json.add("remark", row.remark);
        list.push(std::move(json));
    }
    return list;
}

}  // namespace

int verify(const Options &options, const Terminal &terminal) {
    auto site = open_site(options, terminal, Access::read);
    if (!site) return site.error();
    const auto planned = pipeline::plan_for(*(*site)->place, (*site)->scope);
    if (!planned) return fail(terminal, planned.error());
    const auto names = pipeline::names_in(planned->picture);
    const auto rows = rows_of(*planned);
    if (options.json) {
        auto json = answer("verify", json_of(planned->plan, names));
        json.add("rows", rows_json(rows, names));
        terminal.result(json.pretty());
    } else {
        terminal.result(table(rows, names, Palette::of(options, terminal)));
        if (!options.quiet) terminal.note(text_of(planned->plan.findings, names));
    }
    return planned->plan.empty() ? status::done : status::differs;
}

}  // namespace kvmtune::cli
