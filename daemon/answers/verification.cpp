#include "daemon/answers/json.hpp"
#include "daemon/answers/parts.hpp"

namespace kvmtune::answers {

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

Result<Json> verified(const Desk &desk) {
    const auto planned = TRY(pipeline::plan_for(desk.place, desk.scope));
    const auto names = pipeline::names_in(planned.picture);
    auto json = json_of(planned.plan, names);
    json.add("rows", rows_json(rows_of(planned), names));
    return json;
}

}  // namespace kvmtune::answers
