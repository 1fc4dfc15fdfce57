// What the start and the end of a guest ask of the host: huge pages from on-demand pools, and leave to start for those
// whose section is strict.
#pragma once

#include "base/root.hpp"
#include "daemon/hook/wire.hpp"
#include "daemon/plan/policy.hpp"

namespace kvmtune::hook {

/// The first call of a start, before anything was done for it.
[[nodiscard]] bool asks_to_start(const Call &call);

/// Whether the answer may take longer than others: huge pages may have to be made. Whoever answers asks for patience.
[[nodiscard]] bool takes_long(const plan::Policy &policy, const Call &call);

/// Lends the guest its pages where the policy's pools are on demand, and refuses one that is strict on a host that is
/// not ready for it. Pages that cannot be lent or are not there refuse nobody else: libvirt may know better. Errors: of
/// the document, or why there are no pages.
[[nodiscard]] Result<Answer> before_start(const Root &root, const plan::Policy &policy, const Call &call);

/// The same for all calls of a guest's life that concern its pages; others do nothing.
[[nodiscard]] Result<> after_step(const Root &root, const Call &call);

}  // namespace kvmtune::hook
