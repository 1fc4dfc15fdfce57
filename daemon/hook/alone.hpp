// What the hook's calls come to where no daemon runs, without libvirt.
//
// Of a start, only what libvirt cannot carry is left to do once QEMU runs: its vhost workers are placed where the
// definition says. In prepare a guest of a strict section is refused where the host is not ready, no more: what a
// definition of ours needs of the host (pools, modules, sysctls) is persisted and there since boot, or else was held
// back; and pages that are allocated on the way to a start may take longer than libvirt should wait. A definition that
// comes with a migration or a saved image has its places planned for this host; of the policy only what those depend
// on is asked, as all else that it wants is in the definition already.
#pragma once

#include <optional>
#include <string>

#include "base/root.hpp"
#include "daemon/hook/wire.hpp"
#include "daemon/plan/facts.hpp"

namespace kvmtune::hook {

/// Where a guest that was started while another kvmtune was at work leaves an empty file, named by its UUID.
constexpr const char *notes_folder = "run/kvmtune/notes";

/// Places the vhost workers of a domain that just started, with a hold on each, so that rollback finds them. Where
/// another kvmtune holds the run lock, it is that one's work: a note is left.
[[nodiscard]] Result<> place_workers(const Root &root, const Call &call);

/// A filter's document as it should be here; nothing if it is to stay as it is. A policy with mistakes is none.
[[nodiscard]] Result<std::optional<std::string>> filtered(const Root &root, const plan::Topology &topology,
                                                          const Call &call,
                                                          const std::optional<std::string> &policy_file = {});

/// All that is done for a call.
[[nodiscard]] Result<Answer> answer_alone(const Root &root, const Call &call);

}  // namespace kvmtune::hook
