// What a guest's agent said, in the words of the plan.
#pragma once

#include <string>

#include "daemon/plan/facts.hpp"
#include "daemon/plan/target.hpp"
#include "guest-agent/protocol/message.hpp"

namespace kvmtune::guest {

/// The agent's view as facts.
[[nodiscard]] plan::GuestFacts facts_from(const protocol::View &view);

/// The knobs of the guest of the domain with this UUID and their values; their epoch is the guest's boot id.
[[nodiscard]] plan::Observed observed_in(const plan::GuestFacts &facts, const std::string &uuid);

}  // namespace kvmtune::guest
