#include <algorithm>

#include "daemon/pipeline/chipsets.hpp"
#include "daemon/pipeline/given_up.hpp"
#include "daemon/pipeline/outlook.hpp"
#include "daemon/pipeline/pipeline.hpp"
#include "daemon/plan/author.hpp"
#include "daemon/plan/own_files.hpp"
#include "daemon/plan/pool.hpp"
#include "daemon/plan/rules/rules.hpp"

namespace kvmtune::pipeline {

using plan::Desired;
using plan::Holds;
using plan::Target;
using plan::TargetKind;

namespace {

/// What libvirt added for our channel stays as long as the channel does.
void keep_controllers(Desired &desired, const Holds &holds) {
    for (const auto &[target, hold] : holds) {
        const bool controller = target.kind == TargetKind::element && target.name.starts_with("controller/");
        const Target channel{TargetKind::element, target.owner, "channel/org.kvmtune.agent.0"};
        if (controller && desired.wishes.count(channel) != 0)
            desired.add({target,
                         hold.asked,
                         "libvirt added it for the agent's channel",
                         plan::Disruption::next_boot,
                         {},
                         false});
    }
}

/// To give back is never a reason to put something new: what others still need stays, no more.
void restrict(Desired &desired, Holds &holds, const Scope &scope) {
    std::erase_if(desired.wishes, [&](const auto &wish) {
        if (!scope.covers(wish.first)) return true;
        return scope.goal == Goal::give_back && holds.count(wish.first) == 0;
    });
    std::erase_if(holds, [&](const auto &hold) { return !scope.covers(hold.first); });
    if (scope.goal == Goal::give_back) desired.findings.clear();
}

Desired desired_in(const Picture &picture, const Scope &scope) {
    const bool everything = scope.goal == Goal::give_back && scope.named.empty();
    auto desired = everything ? Desired{} : plan::desired(picture.situation);
    keep_controllers(desired, picture.holds);
    return desired;
}

/// Domains that are left alone have no findings either.
void forget_findings_on_domains(Desired &desired, const Picture &picture) {
    std::erase_if(desired.findings, [&](const plan::Finding &finding) {
        return std::any_of(picture.domains.begin(), picture.domains.end(), [&](const auto &domain) {
            const auto &[uuid, seen] = domain;
            return finding.about == seen.record.name || finding.about.find(":" + uuid + ":") != std::string::npos;
        });
    });
}

/// A guest that is off has nothing to be set, and keeps nothing: its knobs come with each start.
void forget_guests_that_are_off(plan::Plan &plan, const Picture &picture) {
    std::erase_if(plan.pending, [&](const plan::Pending &pending) {
        const auto at = picture.domains.find(pending.target.owner);
        return pending.target.kind == TargetKind::knob && (at == picture.domains.end() || !at->second.live);
    });
}

void open_ways_back(plan::Observed &observed) {
    for (auto &[target, seen] : observed)
        if (seen.way_back == plan::WayBack::edited) seen.way_back = plan::WayBack::open;
}

/// Findings on what is somebody else's now say whose, where that is known.
void name_authors(plan::Plan &plan, const plan::Observed &observed, const plan::HostFacts &host) {
    for (const Target &target : plan.yielded) {
        const auto seen = observed.find(target);
        if (seen == observed.end()) continue;
        const auto author = plan::likely_author(target, seen->second.value, host);
        if (author.empty()) continue;
        for (plan::Finding &finding : plan.findings)
            if (finding.about == text_of(target)) finding.what += "; " + author + " has that value";
    }
}

/// Pools and their file are made for what definitions say. While one cannot be read, nobody knows that its pages are
/// not needed.
void keep_pages_of_unread(plan::Plan &plan, const Picture &picture) {
    if (picture.unread.empty()) return;
    const Target file{TargetKind::file, "", plan::own_files::pools};
    std::erase_if(plan.changes, [&](const plan::Change &change) {
        const bool pool = change.target.kind == TargetKind::pool;
        const bool shrinks = pool && plan::pages_in(change.to).value_or(0) < plan::pages_in(change.from).value_or(0);
        return shrinks || change.target == file;
    });
}

}  // namespace

std::map<std::string, std::string> names_in(const Picture &picture) {
    std::map<std::string, std::string> names;
    for (const auto &[uuid, seen] : picture.domains) names[uuid] = seen.record.name;
    return names;
}

Result<Planned> plan_for(Workplace &place, const Scope &scope) {
    Planned planned;
    planned.picture = TRY(gather(place, scope));
    planned.picture.situation.rebalance = scope.rebalance;
    planned.picture.situation.host_only = scope.host_only;
    const auto &picture = planned.picture;
    planned.desired = desired_in(picture, scope);
    auto &desired = planned.desired;
    auto holds = picture.holds;
    restrict(desired, holds, scope);
    std::erase_if(holds, [&](const auto &hold) { return picture.unread.count(hold.first.owner) != 0; });
    if (scope.host_only) forget_findings_on_domains(desired, picture);
    auto over = ended(picture);
    over.merge(names_over(picture, desired));
    std::erase_if(holds, [&](const auto &hold) { return over.count(hold.first) != 0; });

    std::set<Target> targets;
    for (const auto &[target, wish] : desired.wishes) targets.insert(target);
    for (const auto &[target, hold] : holds) targets.insert(target);
    planned.observed = TRY(place.world().observe(targets));
    if (scope.discards_edits) open_ways_back(planned.observed);

    planned.plan = plan::diff(desired, planned.observed, holds, picture.situation.host.running_cpus());
    leave_to_others(planned.plan, scope.given_up);
    name_authors(planned.plan, planned.observed, picture.situation.host);
    forget_guests_that_are_off(planned.plan, picture);
    keep_pages_of_unread(planned.plan, picture);
    keep_names_of_q35(planned.plan, picture);
    put_off_conversions(planned.plan);
    std::copy_if(over.begin(), over.end(), std::back_inserter(planned.plan.void_holds),
                 [&](const Target &target) { return scope.covers(target); });
    for (auto &pending : next_boots(picture, scope)) {
        const auto changes = [&](const plan::Change &change) { return change.target == pending.target; };
        if (std::none_of(planned.plan.changes.begin(), planned.plan.changes.end(), changes))
            planned.plan.pending.push_back(std::move(pending));
    }
    auto &findings = planned.plan.findings;
    findings.insert(findings.end(), picture.findings.begin(), picture.findings.end());
    return planned;
}

}  // namespace kvmtune::pipeline
