// Facts as JSON: every member of plan/facts.hpp under its own name, CPU sets in the list format, sizes in bytes unless
// the name says otherwise. What is not known is left out.
#pragma once

#include "base/json.hpp"
#include "daemon/plan/situation.hpp"

namespace kvmtune::answers {

[[nodiscard]] Json cpu_json(const plan::Cpu &cpu);
[[nodiscard]] Json node_json(const plan::Node &node);
[[nodiscard]] Json json_of(const plan::HostFacts &host);
[[nodiscard]] Json json_of(const plan::DomainFacts &domain);
[[nodiscard]] Json json_of(const plan::GuestFacts &guest);
/// The facts, and whether it runs, is in scope and has an agent that answers.
[[nodiscard]] Json json_of(const plan::DomainSituation &domain);

}  // namespace kvmtune::answers
