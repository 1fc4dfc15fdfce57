// What the change of a chipset asks of a plan beyond its rules: that nothing happens before the names of NICs are
// settled, and that these stay until their guest has its old chipset again.
#pragma once

#include <set>

#include "daemon/pipeline/picture.hpp"
#include "daemon/plan/plan.hpp"

namespace kvmtune::pipeline {

/// Held names that nobody wishes for and nobody has to give back any more: their domain or NIC is gone, or the guest
/// has its old chipset and no agent that could be asked. An agent removes them by itself when it finds the old chipset.
[[nodiscard]] std::set<plan::Target> names_over(const Picture &picture, const plan::Desired &desired);

/// Of a domain that stays Q35 names stay as they are; of one that still runs as such they wait for its next start.
void keep_names_of_q35(plan::Plan &plan, const Picture &picture);

/// A conversion whose names are not settled is put off, with a finding.
void put_off_conversions(plan::Plan &plan);

}  // namespace kvmtune::pipeline
