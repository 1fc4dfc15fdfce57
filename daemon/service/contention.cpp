#include "daemon/service/contention.hpp"

#include <algorithm>
#include <iterator>

namespace kvmtune::service {

namespace {

using plan::Target;

/// The first time is ours to set; two more are for somebody who did not mean it.
constexpr std::size_t times_enough = 3;
constexpr std::chrono::hours forgotten_after{1};

}  // namespace

void Contention::note(const std::vector<apply::Outcome> &outcomes, Time now) {
    for (const auto &[change, status, why, error] : outcomes) {
        if (status != apply::Status::done) continue;
        auto &round = rounds_[change.target];
        if (change.gives_back || round.epoch != change.epoch || !same_value(change.target, round.value, change.to))
            round = {change.epoch, change.to, {}, false};
        std::erase_if(round.times, [&](Time time) { return now - time > forgotten_after; });
        round.times.push_back(now);
        round.forgiven = false;
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
}

std::map<Target, pipeline::GivenUp> Contention::given_up(const std::set<std::string> &yielding) const {
    std::map<Target, pipeline::GivenUp> left;
    for (const auto &[target, round] : rounds_) {
        const bool yields = target.kind == plan::TargetKind::element && yielding.count(target.owner) != 0;
        const bool once_is_enough = yields && !round.forgiven;
        if (once_is_enough || round.times.size() >= times_enough) left[target] = {round.epoch, round.value};
    }
    return left;
}

}  // namespace kvmtune::service
