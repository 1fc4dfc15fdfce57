#include "guest-agent/lease.hpp"

#include <utility>

namespace kvmtune::agent {

bool Lease::begin() {
    return std::exchange(state_, State::held) != State::held;
}

protocol::Outcomes Lease::without_port(Clock::time_point now) {
    if (state_ != State::open || now < end_) return {};
    state_ = State::over;
    return tuner_.revert(std::nullopt);
}

}  // namespace kvmtune::agent
