#include "daemon/service/contention.hpp"

#include <algorithm>
#include <iterator>

namespace kvmtune::service {

namespace {

using plan::Target;

/// The first time is ours to set; two more are for somebody who did not mean it.
constexpr std::size_t times_enough = 3;
constexpr std::chrono::hours forgotten_after{1};

/// Whether what was tried in vain is heard of as a change itself, by events of libvirt's and the kernel's. A guest that
/// did not answer in time, or a libvirt that went away, refused nothing.
bool makes_news(const Target &target, apply::Status status, std::optional<ErrorKind> error) {
    const bool live = target.kind == plan::TargetKind::affinity || target.kind == plan::TargetKind::knob ||
                      target.kind == plan::TargetKind::link;
    if (status == apply::Status::undone) return live || target.kind == plan::TargetKind::element;
    return live && status == apply::Status::failed && error != ErrorKind::timed_out;
}

}  // namespace

Contention::Round &Contention::round_of(std::map<Target, Round> &rounds, const plan::Change &change) {
    auto &round = rounds[change.target];
    if (round.epoch != change.epoch || !same_value(change.target, round.value, change.to))
        round = {change.epoch, change.to, {}, false};
    return round;
}

void Contention::note(const std::vector<apply::Outcome> &outcomes, Time now) {
    const auto add = [now](Round &round) {
        std::erase_if(round.times, [&](Time time) { return now - time > forgotten_after; });
        round.times.push_back(now);
        round.forgiven = false;
    };
    for (const auto &[change, status, why, error] : outcomes) {
        if (makes_news(change.target, status, error)) add(round_of(failures_, change));
        if (status != apply::Status::done) continue;
        failures_.erase(change.target);
        if (change.gives_back) rounds_.erase(change.target);
        add(round_of(rounds_, change));
    }
}

std::vector<apply::Outcome> Contention::put_back(const std::vector<apply::Outcome> &outcomes) const {
    std::vector<apply::Outcome> again;
    std::copy_if(outcomes.begin(), outcomes.end(), std::back_inserter(again), [&](const apply::Outcome &outcome) {
        const auto &change = outcome.change;
        const auto known = rounds_.find(change.target);
        return outcome.status == apply::Status::done && !change.gives_back && known != rounds_.end() &&
               known->second.epoch == change.epoch && same_value(change.target, known->second.value, change.to);
    });
    return again;
}

void Contention::forgive() {
    for (auto &[target, round] : rounds_) {
        round.forgiven = true;
        if (round.times.size() > 1) round.times.erase(round.times.begin(), round.times.end() - 1);
    }
    failures_.clear();
}

std::map<Target, pipeline::GivenUp> Contention::given_up(Time now, const std::set<std::string> &yielding) const {
    std::map<Target, pipeline::GivenUp> left;
    for (const auto &[target, round] : rounds_) {
        const bool yields = target.kind == plan::TargetKind::element && yielding.count(target.owner) != 0;
        const bool once_is_enough = yields && !round.forgiven;
        if (once_is_enough || round.times.size() >= times_enough) left[target] = {round.epoch, round.value};
    }
    for (const auto &[target, round] : failures_) {
        const auto is_recent = [&](Time time) { return now - time <= forgotten_after; };
        const auto recent = std::count_if(round.times.begin(), round.times.end(), is_recent);
        if (static_cast<std::size_t>(recent) >= times_enough) left[target] = {round.epoch, round.value, true};
    }
    return left;
}

}  // namespace kvmtune::service
