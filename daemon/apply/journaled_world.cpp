#include "daemon/apply/journaled_world.hpp"

namespace kvmtune::apply {

JournaledWorld::JournaledWorld(Journal &journal, Effects &effects, Step step)
    : journal_(journal), effects_(effects), step_(std::move(step)) {}

Result<plan::Observed> JournaledWorld::observe(const std::set<plan::Target> &targets) {
    plan::Observed observed;
    for (const auto &target : targets) {
        auto seen = effects_.look(target);
        if (seen) {
            observed.emplace(target, *std::move(seen));
        } else if (seen.error().kind != ErrorKind::not_found) {
            return within(text_of(target), std::move(seen).error());
        }
    }
    return observed;
}

Result<> JournaledWorld::make(const std::vector<plan::Change> &effect) {
    for (const auto &change : effect) {
        const auto seen = TRY(as_planned(change));
        TRY(change.gives_back ? give_back(change, seen.value) : give(change));
    }
    return {};
}

/// What is there now, if it is what the change was planned on, or something that the hold knows.
Result<plan::Observation> JournaledWorld::as_planned(const plan::Change &change) {
    auto seen = TRY(effects_.look(change.target));
    bool known = same_value(change.target, seen.value, change.from);
    const auto held = journal_.holds().find(change.target);
    if (held != journal_.holds().end())
        known = known || same_value(change.target, seen.value, held->second.original) ||
                is_ours(change.target, held->second, seen.value);
    const bool same_thing = change.epoch.empty() || change.epoch == seen.epoch;
    if (!known || !same_thing) return failure(ErrorKind::changed, "it was changed since the plan was made");
    return seen;
}

Result<> JournaledWorld::give(const plan::Change &change) {
    if (!change.to) return failure(ErrorKind::failed, text_of(change.target) + ": a wish without a value");
    TRY(journal_.hold(change.target, change.epoch, change.from, *change.to));
    TRY(put(change));
    const auto now = TRY(effects_.look(change.target));
    return journal_.granted(change.target, now.value);
}

Result<> JournaledWorld::give_back(const plan::Change &change, const plan::Value &now) {
    if (!same_value(change.target, now, change.to)) {
        TRY(put(change));
        const auto after = TRY(effects_.look(change.target));
        if (!same_value(change.target, after.value, change.to))
            return failure(ErrorKind::failed, "it was given back, but does not hold its old value");
    }
    return journal_.drop(change.target);
}

Result<> JournaledWorld::put(const plan::Change &change) {
    TRY(effects_.put(change.target, change.to));
    if (step_) step_();
    return {};
}

}  // namespace kvmtune::apply
