// What the host granted holds as long as the guest is given a channel to it. A definition without one has been given
// back, and its guest cannot be reached any more: nothing is put again there, and what was granted is forgotten.
#pragma once

#include <chrono>

#include "guest-agent/tuner.hpp"

namespace kvmtune::agent {

class Lease {
  public:
    using Clock = std::chrono::steady_clock;
    /// A driver that comes so late after the agent is not to be expected.
    static constexpr std::chrono::seconds limit{60};

    /// The tuner outlives it.
    Lease(Tuner &tuner, Clock::time_point start) : tuner_(tuner), end_(start + limit) {}

    /// The port is there. True the first time: what was granted before is to be put again now.
    [[nodiscard]] bool begin();
    /// There is no port. Once there was none for as long as the limit, all that is held and wanted is given up.
    [[nodiscard]] protocol::Outcomes without_port(Clock::time_point now);
    /// Whether NICs that come get what was granted to them.
    [[nodiscard]] bool is_held() const { return state_ == State::held; }

  private:
    enum class State { open, held, over };

    Tuner &tuner_;
    Clock::time_point end_;
    State state_ = State::open;
};

}  // namespace kvmtune::agent
