// Facts as they would be without us: where a held target still has a value of ours, its original. Otherwise a second
// run would take what we gave for what the user wants.
#pragma once

#include <map>
#include <string>

#include "daemon/plan/facts.hpp"
#include "daemon/plan/hold.hpp"
#include "daemon/plan/placement/seat.hpp"

namespace kvmtune::pipeline {

[[nodiscard]] plan::HostFacts without_us(plan::HostFacts facts, const plan::Holds &holds);
[[nodiscard]] plan::GuestFacts without_us(plan::GuestFacts facts, const std::string &uuid, const plan::Holds &holds);

/// The MTUs that NICs in a domain's guest have from us by the holds, by MAC.
[[nodiscard]] std::map<std::string, unsigned> given_mtus(const std::string &uuid, const plan::Holds &holds);

/// The names that its guest's NICs keep for us, by MAC.
[[nodiscard]] std::map<std::string, std::string> kept_names(const std::string &uuid, const plan::Holds &holds);

/// Where the holds say that a domain sits: what the planner should keep if it can.
[[nodiscard]] plan::Seat present_seat(const std::string &uuid, const plan::Holds &holds);

}  // namespace kvmtune::pipeline
