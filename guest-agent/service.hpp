// Serves a session over a port until the port is lost or the agent is to stop.
#pragma once

#include <chrono>
#include <string>

#include "guest-agent/port.hpp"
#include "guest-agent/session.hpp"

namespace kvmtune::agent {

/// Tells the service manager, once, that the guest is tuned: at the first put or when the time limit passes, so that
/// services that order themselves after the agent do not wait for a host without kvmtune.
class Readiness {
  public:
    using Clock = std::chrono::steady_clock;

    /// socket: systemd's NOTIFY_SOCKET; empty if nobody waits.
    Readiness(std::string socket, Clock::time_point limit) : socket_(std::move(socket)), limit_(limit) {}

    /// Says that the guest is ready, if it was not said before.
    void announce();
    /// Announces if the limit has passed.
    void tick();
    /// How long to wait at most for the next tick, given another wait; -1 is for ever.
    [[nodiscard]] std::chrono::milliseconds cap(std::chrono::milliseconds wait) const;

  private:
    std::string socket_;
    Clock::time_point limit_;
    bool announced_ = false;
};

enum class End { stopped, lost };

/// Greets, answers, greets again when a host comes back, and tells the session of links that changed.
[[nodiscard]] End serve(Port &port, Session &session, const Bells &bells, Readiness &readiness);

}  // namespace kvmtune::agent
