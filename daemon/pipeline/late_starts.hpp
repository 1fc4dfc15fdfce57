// The vhost workers of a guest that starts while no daemon runs are placed by libvirt's hook, which must not wait for
// another kvmtune: where one holds the run lock the hook leaves a note, and that one places them when it is done.
//
// No start falls between the two: the hook tries the lock once more after it has left its note, and whoever held the
// lock looks for notes after it has given it up.
#pragma once

#include "base/root.hpp"
#include "daemon/apply/hypervisor.hpp"
#include "daemon/domain/document.hpp"

namespace kvmtune::pipeline {

/// Where a note is an empty file, named by the domain's UUID.
inline constexpr const char *notes_folder = "run/kvmtune/notes";

/// Places the vhost workers of a domain that just started, where its live definition says, with a hold on each, so that
/// rollback finds them. Only tries the run lock: a note is left where another one has it.
[[nodiscard]] Result<> place_workers(const Root &root, const domain::Document &live);

/// Does what notes ask for, and removes them. The caller must not hold the run lock, which is waited for if there is a
/// note. The error is that of the first guest that it could not be done for.
[[nodiscard]] Result<> serve_notes(const Root &root, apply::Hypervisor &hypervisor);

}  // namespace kvmtune::pipeline
