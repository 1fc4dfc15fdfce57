// What would be done, with the definitions as they would be.
#include <algorithm>

#include "daemon/answers/json.hpp"
#include "daemon/answers/parts.hpp"
#include "daemon/domain/elements.hpp"
#include "daemon/domain/metadata.hpp"
#include "daemon/domain/redacted.hpp"
#include "daemon/domain/unified_diff.hpp"
#include "daemon/plan/placement/placement.hpp"

namespace kvmtune::answers {

namespace {

using plan::TargetKind;

/// A domain's document as the plan leaves it.
Result<domain::Document> planned_document(const domain::Document &now, const plan::Plan &plan,
                                          const domain::Fragments &fragments) {
    auto tuned = TRY(domain::tuned_in(now));
    std::vector<plan::Change> changes;
    std::copy_if(plan.changes.begin(), plan.changes.end(), std::back_inserter(changes), [&](const auto &change) {
        return change.target.kind == TargetKind::element && change.target.owner == now.uuid();
    });
    tuned.holds = plan::held_after(std::move(tuned.holds), changes);
    return domain::with(now, domain::edits_of(changes), tuned, fragments);
}

/// Unified diffs of the definitions that the plan changes, without secrets.
std::string definition_diffs(const pipeline::Planned &planned, const domain::Fragments &fragments) {
    std::set<std::string> uuids;
    for (const auto &change : planned.plan.changes)
        if (change.target.kind == TargetKind::element) uuids.insert(change.target.owner);
    std::string text;
    for (const auto &uuid : uuids) {
        const auto at = planned.picture.domains.find(uuid);
        if (at == planned.picture.domains.end() || !at->second.definition) continue;
        const auto &now = *at->second.definition;
        const auto next = planned_document(now, planned.plan, fragments);
        if (!next) continue;
        text += domain::unified_diff(domain::redacted(now), domain::redacted(*next), now.name() + ".xml (now)",
                                     now.name() + ".xml (planned)");
    }
    return text;
}

Json quality_json(const plan::Quality &quality) {
    Json json;
    json.add("without_seat", quality.without_seat);
    json.add("nodes_crossed", quality.nodes_crossed);
    json.add("workers_without_cpu", quality.workers_without_cpu);
    json.add("workers_far", quality.workers_far);
    json.add("far_from_uplink", quality.far_from_uplink);
    json.add("caches_crossed", quality.caches_crossed);
    json.add("workers_behind_other_caches", quality.workers_behind_other_caches);
    return json;
}

Json gain_json(const plan::Rebalance &rebalance) {
    Json json;
    json.add("before", quality_json(rebalance.before));
    json.add("after", quality_json(rebalance.after));
    Json moved{Json::Array{}};
    for (const std::string &name : rebalance.moved) moved.push(name);
    json.add("moved", std::move(moved));
    json.add("copied", static_cast<std::int64_t>(rebalance.copied));
    return json;
}

}  // namespace

Result<Json> planned(const Desk &desk) {
    const auto planned = TRY(pipeline::plan_for(desk.place, desk.scope));
    auto json = json_of(planned.plan, pipeline::names_in(planned.picture));
    json.add("diff", definition_diffs(planned, desk.place.fragments()));
    if (desk.request.rebalance) json.add("gain", gain_json(rebalance_of(planned.picture.situation)));
    return json;
}

}  // namespace kvmtune::answers
