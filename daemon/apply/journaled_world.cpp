#include "daemon/apply/journaled_world.hpp"

#include "base/cpu_set.hpp"

namespace kvmtune::apply {

namespace {

/// Whether a thread has those of its CPUs that are online and in its cgroup: the kernel gives no others. One
/// that has what it had before was not given back at all.
bool is_part(const plan::Change &change, const plan::Value &after) {
    if (change.target.kind != plan::TargetKind::affinity || !change.to || !after) return false;
    if (same_value(change.target, after, change.from)) return false;
    const auto has = CpuSet::parse(*after);
    const auto was = CpuSet::parse(*change.to);
    return has && was && !has->empty() && was->contains(*has);
}

}  // namespace

JournaledWorld::JournaledWorld(Journal &journal, Effects &effects, Step step)
    : journal_(journal), effects_(effects), step_(std::move(step)) {}

Result<> JournaledWorld::make(const std::vector<plan::Change> &effect) {
    for (const auto &change : effect) {
        const auto now = TRY(as_planned(change));
        TRY(change.gives_back ? give_back(change, now) : give(change, now));
    }
    return {};
}

/// What is there now, if it is what the change was planned on, or something that the hold knows. A pool's hold knows
/// amounts only: there it is what the change leads from or to.
Result<plan::Value> JournaledWorld::as_planned(const plan::Change &change) {
    const auto seen = TRY(effects_.look(change.target));
    bool known = same_value(change.target, seen.value, change.from);
    const auto held = journal_.holds().find(change.target);
    if (change.target.kind == plan::TargetKind::pool) {
        known = known || same_value(change.target, seen.value, change.to);
    } else if (held != journal_.holds().end()) {
        known = known || same_value(change.target, seen.value, held->second.original) ||
                is_ours(change.target, held->second, seen.value);
    }
    const bool same_thing = change.epoch.empty() || change.epoch == seen.epoch;
    if (!known || !same_thing) return failure(ErrorKind::changed, "it was changed since the plan was made");
    return seen.value;
}

Result<> JournaledWorld::give(const plan::Change &change, const plan::Value &now) {
    if (!change.to) return failure(ErrorKind::failed, text_of(change.target) + ": a wish without a value");
    const bool fresh = journal_.holds().count(change.target) == 0;
    const bool amount = change.target.kind == plan::TargetKind::pool;
    TRY(journal_.hold(change.target, change.epoch, amount ? now : change.from, *change.to));
    auto after = put(change);
    if (!after && after.error().kind == ErrorKind::changed && fresh) TRY(journal_.drop(change.target));
    if (!after) return tl::unexpected<Error>(std::move(after).error());
    return journal_.granted(change.target, *after);
}

/// The hold is written once more, as not granted: after a crash here, the old value is no sign of somebody else.
Result<> JournaledWorld::give_back(const plan::Change &change, const plan::Value &now) {
    const auto held = journal_.holds().find(change.target);
    if (held != journal_.holds().end() && held->second.granted) {
        const auto hold = held->second;
        const bool amount = change.target.kind == plan::TargetKind::pool;
        TRY(amount ? journal_.hold(change.target, hold.epoch, now, now.value_or("0"))
                   : journal_.hold(change.target, hold.epoch, hold.original, hold.asked));
    }
    const auto after = TRY(put(change));
    if (!same_value(change.target, after, change.to) && !is_part(change, after))
        return failure(ErrorKind::failed, "it was given back, but does not hold its old value");
    return journal_.drop(change.target);
}

/// What is there after it. A write that fails does not matter where the value is there already: undoing what was
/// refused.
Result<plan::Value> JournaledWorld::put(const plan::Change &change) {
    auto done =
        change.gives_back ? effects_.give_back(change.target, change.to) : effects_.put(change.target, change.to);
    if (done && step_) step_();
    auto after = effects_.look(change.target);
    const bool is_there = after && same_value(change.target, after->value, change.to);
    if (!done && !is_there) return tl::unexpected<Error>(std::move(done).error());
    if (!after) return tl::unexpected<Error>(std::move(after).error());
    return std::move(after)->value;
}

}  // namespace kvmtune::apply
