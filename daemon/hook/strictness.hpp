// Domains whose section says strict = true start only on a host that is ready for them.
#pragma once

#include <string>

#include "base/root.hpp"
#include "daemon/plan/facts.hpp"
#include "daemon/plan/policy.hpp"

namespace kvmtune::hook {

/// Why a guest of this section must not start, in one line: its section is strict, and the host part was not done since
/// the boot, vhost is missing, or too few huge pages are free for its memory. Empty: it may, or it is not strict.
[[nodiscard]] std::string refusal(const Root &root, const plan::DomainPolicy &section, const plan::DomainFacts &facts);

}  // namespace kvmtune::hook
