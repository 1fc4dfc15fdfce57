#include "daemon/apply/carry_out.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace kvmtune::apply {

using plan::Change;
using plan::Target;

namespace {

/// A domain is one unit. Each setting of the host is one, and each of a guest: what its kernel or its owner refuses is
/// no reason to do without the others. And what a wish says that belongs together.
std::string unit_of(const Change &change) {
    if (!change.unit.empty()) return change.unit;
    // Memory that finds no room keeps nothing else of its domain from being given back.
    const bool alone = change.target.owner.empty() || change.target.kind == plan::TargetKind::knob ||
                       change.target == plan::memory_target(change.target.owner);
    return alone ? text_of(change.target) : change.target.owner;
}

std::string another_failed(const Change &change) {
    return "another change of " + (change.unit.empty() ? "this domain" : change.unit) + " failed";
}

class Run {
  public:
    Run(const plan::Plan &plan, World &world) : plan_(plan), world_(world) {}

    Report report() && {
        for (const auto &target : plan_.void_holds) {
            if (auto forgotten = world_.forget(target); !forgotten)
                report_.findings.push_back(
                    {text_of(target), "its hold could not be dropped: " + forgotten.error().what});
        }
        if (auto holds = world_.holds()) held_before_ = *std::move(holds);
        for (std::size_t at = 0; at < plan_.changes.size();) {
            const auto effect = effect_at(at);
            at += effect.size();
            make(effect);
        }
        report_.pending = plan_.pending;
        report_.findings.insert(report_.findings.end(), plan_.findings.begin(), plan_.findings.end());
        return std::move(report_);
    }

  private:
    std::vector<Change> effect_at(std::size_t first) const {
        std::vector<Change> effect = {plan_.changes[first]};
        for (auto i = first + 1; i < plan_.changes.size(); ++i) {
            if (!world_.together(effect.front(), plan_.changes[i])) break;
            effect.push_back(plan_.changes[i]);
        }
        return effect;
    }

    void make(const std::vector<Change> &effect) {
        const auto unit = unit_of(effect.front());
        if (const auto reason = obstacle(effect); !reason.empty()) {
            conclude(effect, Status::skipped, reason);
            return;
        }
        auto made = world_.make(effect);
        if (made) {
            conclude(effect, Status::done, "");
            return;
        }
        const bool untouched = made.error().kind == ErrorKind::changed;
        conclude(effect, untouched ? Status::skipped : Status::failed, made.error().what, made.error().kind);
        undo(unit);
    }

    std::string obstacle(const std::vector<Change> &effect) const {
        if (failed_units_.count(unit_of(effect.front())) != 0) return another_failed(effect.front());
        for (const auto &change : effect)
            for (const auto &required : change.requires_first)
                if (failed_.count(required) != 0) return "it needs " + text_of(required) + ", which failed";
        return {};
    }

    void conclude(const std::vector<Change> &effect, Status status, const std::string &why,
                  std::optional<ErrorKind> error = {}) {
        for (const auto &change : effect) {
            report_.outcomes.push_back({change, status, why, error});
            if (status != Status::done) failed_.insert(change.target);
        }
    }

    /// The failed effect itself is put back too: it may have been made in part.
    void undo(const std::string &unit) {
        failed_units_.insert(unit);
        for (auto at = report_.outcomes.rbegin(); at != report_.outcomes.rend(); ++at) {
            const bool part = unit_of(at->change) == unit;
            if (!part || (at->status != Status::done && at->status != Status::failed)) continue;
            if (took_it_back(at->change)) continue;
            auto undone = world_.make({reverse(at->change)});
            if (undone && at->status == Status::done) {
                at->status = Status::undone;
                at->why = another_failed(at->change);
                failed_.insert(at->change.target);
            } else if (!undone) {
                at->why += (at->why.empty() ? "" : "; ") + ("could not be undone: " + undone.error().what);
            }
        }
    }

    /// Whether the change put our value in the place of somebody else's: undone, that one would pass for ours.
    bool took_it_back(const Change &change) const {
        const auto held = held_before_.find(change.target);
        return change.target.kind == plan::TargetKind::affinity && held != held_before_.end() &&
               !same_value(change.target, change.from, held->second.original) &&
               !is_ours(change.target, held->second, change.from);
    }

    Change reverse(const Change &change) const {
        auto back = change;
        std::swap(back.from, back.to);
        const auto held = held_before_.find(change.target);
        const bool no_hold_needed =
            held == held_before_.end() || same_value(change.target, back.to, held->second.original);
        back.gives_back = !change.gives_back && no_hold_needed;
        return back;
    }

    const plan::Plan &plan_;
    World &world_;
    Report report_;
    plan::Holds held_before_;
    std::set<Target> failed_;
    std::set<std::string> failed_units_;
};

}  // namespace

bool Report::complete() const {
    return std::all_of(outcomes.begin(), outcomes.end(), [](const Outcome &o) { return o.status == Status::done; });
}

std::string text_of(Status status) {
    switch (status) {
        case Status::done:
            return "done";
        case Status::failed:
            return "failed";
        case Status::undone:
            return "undone";
        case Status::skipped:
            return "skipped";
    }
    return {};
}

Report carry_out(const plan::Plan &plan, World &world) {
    return Run(plan, world).report();
}

}  // namespace kvmtune::apply
