// Never a fight: a target that somebody else keeps changing back is put back twice, and then left alone until the
// policy changes, an administrator applies, or what its name stands for is another thing (a restart, a reboot). Nor is
// what fails tried whenever something happens, for what is tried and taken back is news by itself: three times an hour.
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "daemon/apply/carry_out.hpp"
#include "daemon/pipeline/scope.hpp"
#include "daemon/plan/target.hpp"

namespace kvmtune::service {

class Contention {
  public:
    using Time = std::chrono::steady_clock::time_point;

    /// What a round made of its plan, at this time.
    void note(const std::vector<apply::Outcome> &outcomes, Time now);
    /// Targets of these that had our value already when it was put there again: somebody changed them in between.
    [[nodiscard]] std::vector<apply::Outcome> put_back(const std::vector<apply::Outcome> &outcomes) const;
    /// What is not to be given any more, with the value. Of these domains no element that it was given once: whoever
    /// defines them anew is yielded to.
    [[nodiscard]] std::map<plan::Target, pipeline::GivenUp> given_up(Time now,
                                                                     const std::set<std::string> &yielding = {}) const;
    /// Somebody in charge has decided: what was put back so far is forgotten.
    void forgive();

  private:
    /// The same value given to the same thing.
    struct Round {
        std::string epoch;
        plan::Value value;
        std::vector<Time> times;
        bool forgiven = false;  ///< since the last time
    };
    /// The round of this value, begun anew if it was another one.
    [[nodiscard]] static Round &round_of(std::map<plan::Target, Round> &rounds, const plan::Change &change);

    std::map<plan::Target, Round> rounds_;
    std::map<plan::Target, Round> failures_;
};

}  // namespace kvmtune::service
