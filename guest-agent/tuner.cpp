#include "guest-agent/tuner.hpp"

#include <algorithm>

#include "base/canonical.hpp"

namespace kvmtune::agent {

namespace {

using protocol::Outcome;
using protocol::Outcomes;

Outcome done(const std::string &value) {
    return Outcome{Outcome::State::done, value, ""};
}

Outcome failed(const std::string &value, const Error &error) {
    return Outcome{Outcome::State::failed, value, error.what};
}

Outcome yielded(const std::string &value) {
    return Outcome{Outcome::State::yielded, value, "set by somebody in the guest"};
}

bool is_ours(const Held &held, const std::string &value) {
    return value == held.original || held.ours.count(value) != 0;
}

}  // namespace

Outcomes Tuner::put(const std::map<std::string, std::string> &values) {
    Outcomes outcomes;
    auto wanted = wanted_.knobs();
    for (const auto &[knob, asked] : values) {
        const std::string value = canonical_sysctl(asked);
        const Outcome outcome = put_one(knob, value);
        if (outcome.state == Outcome::State::done && !Knobs::outlives_boot(knob)) wanted[knob] = value;
        outcomes.emplace(knob, outcome);
    }
    (void)wanted_.keep(std::move(wanted));
    return outcomes;
}

Outcomes Tuner::revert(const std::optional<std::set<std::string>> &knobs) {
    std::set<std::string> names = knobs.value_or(std::set<std::string>());
    auto wanted = wanted_.knobs();
    if (!knobs) {
        for (const auto &[knob, held] : record_.held()) names.insert(knob);
        for (const auto &[knob, value] : wanted) names.insert(knob);
    }
    for (const std::string &knob : names) wanted.erase(knob);
    const auto kept = wanted_.keep(std::move(wanted));
    const bool comes_back = !kept && wanted_.is_on_disk();
    Outcomes outcomes;
    for (const std::string &knob : names) {
        auto outcome = revert_one(knob);
        if (comes_back && outcome.state == Outcome::State::done) outcome = failed(outcome.value, kept.error());
        outcomes.emplace(knob, std::move(outcome));
    }
    return outcomes;
}

Outcomes Tuner::put_again() {
    Outcomes outcomes;
    for (const auto &[knob, value] : wanted_.knobs()) outcomes.emplace(knob, put_one(knob, value));
    return outcomes;
}

Outcomes Tuner::put_on_new_nics() {
    Outcomes outcomes;
    for (const auto &[knob, value] : wanted_.knobs()) {
        const auto now = knobs_.read(knob);
        if (!now || now->epoch.empty()) continue;
        const auto known = epochs_.find(knob);
        if (known == epochs_.end() || known->second != now->epoch) outcomes.emplace(knob, put_one(knob, value));
    }
    return outcomes;
}

std::map<std::string, std::string> Tuner::originals() const {
    std::map<std::string, std::string> originals;
    for (const auto &[knob, held] : record_.held()) {
        const auto now = knobs_.read(knob);
        const bool ours = now && held_now(knob, *now) != nullptr && held.ours.count(now->value) != 0;
        if (ours && originals.size() < protocol::most_knobs) originals.emplace(knob, held.original);
    }
    return originals;
}

bool Tuner::misses_nics() const {
    const auto is_missing = [&](const auto &entry) {
        const auto now = knobs_.read(entry.first);
        return !now && now.error().kind == ErrorKind::not_found && entry.first.starts_with("nic/");
    };
    return std::any_of(wanted_.knobs().begin(), wanted_.knobs().end(), is_missing);
}

const Held *Tuner::held_now(const std::string &knob, const Reading &now) const {
    const auto held = record_.held().find(knob);
    return held == record_.held().end() || held->second.epoch != now.epoch ? nullptr : &held->second;
}

Outcome Tuner::put_one(const std::string &knob, const std::string &value) {
    const auto checked = Knobs::check(knob, value);
    if (!checked) return failed("", checked.error());
    const auto now = knobs_.read(knob);
    if (!now) return failed("", now.error());
    epochs_[knob] = now->epoch;
    const Held *held = held_now(knob, *now);
    if (held != nullptr && !is_ours(*held, now->value)) return yielded(now->value);
    if (now->value == value) return done(value);
    if (held == nullptr) {
        const auto recorded = record_.hold(knob, now->value, now->epoch);
        if (!recorded) return failed(now->value, recorded.error());
    }
    return change(knob, value, *now);
}

Outcome Tuner::change(const std::string &knob, const std::string &value, const Reading &before) {
    const auto claimed = record_.claim(knob, value);
    if (!claimed) return failed(before.value, claimed.error());
    const auto written = knobs_.write(knob, value);
    const auto after = knobs_.read(knob);
    if (!after) return failed("", after.error());
    if (written) {
        const auto granted = record_.claim(knob, after->value);
        return granted ? done(after->value) : failed(after->value, granted.error());
    }
    if (after->value == record_.held().at(knob).original) (void)record_.release(knob);
    return failed(after->value, written.error());
}

Outcome Tuner::revert_one(const std::string &knob) {
    if (Knobs::outlives_boot(knob)) return remove_lasting(knob);
    const auto now = knobs_.read(knob);
    if (!now && now.error().kind == ErrorKind::not_found) {
        (void)record_.release(knob);
        return done("");
    }
    if (!now) return failed("", now.error());
    const Held *held = held_now(knob, *now);
    if (held == nullptr) {
        (void)record_.release(knob);
        return done(now->value);
    }
    return give_back(knob, *held, *now);
}

/// Whatever else is there: what is ours goes.
Outcome Tuner::remove_lasting(const std::string &knob) {
    const auto removed = knobs_.write(knob, "");
    if (!removed) return failed("", removed.error());
    (void)record_.release(knob);
    return done("");
}

Outcome Tuner::give_back(const std::string &knob, const Held &held, const Reading &now) {
    if (!is_ours(held, now.value)) {
        (void)record_.release(knob);
        return yielded(now.value);
    }
    if (now.value != held.original) {
        const auto written = knobs_.write(knob, held.original);
        if (!written) return failed(now.value, written.error());
    }
    const std::string original = held.original;
    const auto after = knobs_.read(knob);
    if (!after) return failed("", after.error());
    if (after->value != original) return failed(after->value, Error{ErrorKind::failed, "the kernel kept this value"});
    const auto released = record_.release(knob);
    return released ? done(original) : failed(original, released.error());
}

}  // namespace kvmtune::agent
