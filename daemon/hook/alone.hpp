// What the hook's calls come to where no daemon runs, without libvirt.
//
// Of a start, only what libvirt cannot carry is left to do once QEMU runs: its vhost workers are placed where the
// definition says. Before it, a guest gets its pages from pools that are on demand, and one of a strict section is
// refused where the host is not ready; whatever else a definition of ours needs of the host (modules, sysctls, pools)
// is persisted and there since boot, or else was held back. A definition that
// comes with a migration or a saved image has its places planned for this host; of the policy only what those depend
// on is asked, as all else that it wants is in the definition already.
#pragma once

#include <optional>
#include <string>

#include "base/root.hpp"
#include "daemon/hook/wire.hpp"
#include "daemon/plan/facts.hpp"
#include "daemon/plan/policy.hpp"

namespace kvmtune::hook {

/// A filter's document as it should be here; nothing if it is to stay as it is.
[[nodiscard]] Result<std::optional<std::string>> filtered(const Root &root, const plan::Topology &topology,
                                                          const plan::Policy &policy, const Call &call);

/// What is done for a call whether or not a daemon runs: all but the places of workers, which it looks after. The
/// topology is hwloc's of this machine if none is described.
[[nodiscard]] Result<Answer> answer_by(const plan::Policy &policy, const Root &root,
                                       const std::optional<std::string> &topology, const Call &call);

/// The policy that holds where no daemon runs: one with mistakes is none.
[[nodiscard]] plan::Policy policy_alone(const Root &root);

/// All that is done for a call.
[[nodiscard]] Result<Answer> answer_alone(const plan::Policy &policy, const Root &root, const Call &call);

}  // namespace kvmtune::hook
