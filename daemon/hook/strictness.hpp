// Domains whose section says strict = true start only on a host that is ready for them.
#pragma once

#include <optional>
#include <string>

#include "base/root.hpp"
#include "daemon/hook/wire.hpp"
#include "daemon/plan/policy.hpp"

namespace kvmtune::hook {

/// Whether a call asks for leave to start a guest: its first one, before anything was done for the start.
[[nodiscard]] bool asks_to_start(const Call &call);

/// Why the guest of this call must not start, in one line: its section is strict, and the host part was not done since
/// the boot, vhost is missing, or too few huge pages are free for its memory. Empty: it may, or it is not strict.
/// Errors: of the document, or of the host's files.
[[nodiscard]] Result<std::string> refusal(const Root &root, const plan::Policy &policy, const Call &call);

/// The answer to such a call by the policy as it is in its files (or in this one). No guest is refused for a policy
/// with mistakes.
[[nodiscard]] Result<Answer> leave_to_start(const Root &root, const std::optional<std::string> &policy_file,
                                            const Call &call);

}  // namespace kvmtune::hook
