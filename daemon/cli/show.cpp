#include "daemon/cli/show.hpp"

#include <algorithm>
#include <set>

#include "daemon/domain/elements.hpp"
#include "daemon/domain/metadata.hpp"
#include "daemon/domain/redacted.hpp"
#include "daemon/domain/unified_diff.hpp"

namespace kvmtune::cli {

using plan::Target;
using plan::TargetKind;
using plan::Value;

namespace {

std::string padded(std::string text, std::size_t width) {
    if (text.size() < width) text.append(width - text.size(), ' ');
    return text;
}

std::string change_line(const plan::Change &change, Detail detail, const Palette &palette) {
    auto line = "  " + padded(layer_of(change.target), 11) + padded(change.target.name, 44) + " " +
                shown(change.target, change.from) + " -> " + shown(change.target, change.to);
    if (change.disruption != plan::Disruption::live)
        line += "  " + palette.notable("[" + text_of(change.disruption) + "]");
    if (detail == Detail::reasons && !change.because.empty()) line += "  (" + change.because + ")";
    return line + "\n";
}

std::string pending_line(const plan::Pending &pending) {
    return "  " + padded(layer_of(pending.target), 11) + padded(pending.target.name, 44) + " " +
           shown(pending.target, pending.value) + "  waits for " + pending.waits_for + "\n";
}

/// Lines under a heading each, in order of first appearance.
class Grouped {
  public:
    explicit Grouped(const Palette &palette) : palette_(palette) {}

    void add(const std::string &heading, const std::string &line) {
        if (lines_.count(heading) == 0) order_.push_back(heading);
        lines_[heading] += line;
    }
    std::string text() const {
        std::string out;
        for (const auto &heading : order_) out += palette_.heading(heading) + "\n" + lines_.at(heading);
        return out;
    }

  private:
    const Palette &palette_;
    std::vector<std::string> order_;
    std::map<std::string, std::string> lines_;
};

std::string counted(std::size_t count, const std::string &noun) {
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

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

}  // namespace

std::string unit_of(const Target &target, const Names &names) {
    if (target.owner.empty()) return "host";
    const auto at = names.find(target.owner);
    return at == names.end() ? target.owner : at->second;
}

std::string layer_of(const Target &target) {
    switch (target.kind) {
        case TargetKind::element:
            return "definition";
        case TargetKind::affinity:
            return "live";
        case TargetKind::knob:
            return "guest";
        default:
            return text_of(target).substr(0, text_of(target).find(':'));
    }
}

std::string shown(const Target &target, const Value &value) {
    if (!value) return "-";
    if (target.kind != TargetKind::file) return *value;
    return counted(static_cast<std::size_t>(std::count(value->begin(), value->end(), '\n')), "line");
}

std::string text_of(const plan::Plan &plan, const Names &names, Detail detail, const Palette &palette) {
    Grouped grouped(palette);
    for (const auto &change : plan.changes)
        grouped.add(unit_of(change.target, names), change_line(change, detail, palette));
    for (const auto &pending : plan.pending)
        grouped.add(unit_of(pending.target, names) + " (pending)", pending_line(pending));
    if (plan.empty()) return palette.good("All is as desired.") + "\n";
    return grouped.text() + "\nPlan: " + counted(plan.changes.size(), "change") + ", " +
           std::to_string(plan.pending.size()) + " pending.\n";
}

std::string text_of(const pipeline::Account &account, Detail detail, const Palette &palette) {
    Grouped grouped(palette);
    std::size_t done = 0;
    for (const auto &outcome : account.report.outcomes) {
        auto line = change_line(outcome.change, detail, palette);
        if (outcome.status == apply::Status::done) {
            ++done;
        } else {
            line.insert(line.size() - 1, "  " + palette.bad(apply::text_of(outcome.status) + ": " + outcome.why));
        }
        grouped.add(unit_of(outcome.change.target, account.names), line);
    }
    for (const auto &name : account.restarted) grouped.add(name, "  restarted\n");
    for (const auto &failure : account.failures)
        grouped.add(failure.about, "  " + palette.bad("failed: " + failure.what) + "\n");
    for (const auto &change : account.left.changes)
        grouped.add(unit_of(change.target, account.names) + " (left)", change_line(change, detail, palette));
    for (const auto &pending : account.left.pending)
        grouped.add(unit_of(pending.target, account.names) + " (pending)", pending_line(pending));
    auto text = grouped.text();
    if (!text.empty()) text += "\n";
    return text + counted(done, "change") + " made, " +
           std::to_string(account.report.outcomes.size() - done + account.failures.size()) + " not, " +
           std::to_string(account.left.pending.size()) + " pending.\n";
}

std::string text_of(const std::vector<plan::Finding> &findings, const Names &names) {
    std::string text;
    for (const auto &finding : std::set<plan::Finding>(findings.begin(), findings.end())) {
        auto about = finding.about;
        for (const auto &[uuid, name] : names)
            if (const auto at = about.find(uuid); at != std::string::npos) about.replace(at, uuid.size(), name);
        text += "kvmtune: " + about + ": " + finding.what + "\n";
    }
    return text;
}

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

}  // namespace kvmtune::cli
