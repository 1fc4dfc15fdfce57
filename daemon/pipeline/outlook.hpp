// What only time or a restart brings about: elements that are in the definition but not yet in what runs, and holds
// whose subject is over.
#pragma once

#include <set>
#include <vector>

#include "daemon/pipeline/picture.hpp"
#include "daemon/plan/plan.hpp"

namespace kvmtune::pipeline {

/// Elements of ours that the definition has and the running domain lacks, or the other way round; and those of a
/// domain that would start from a saved image.
[[nodiscard]] std::vector<plan::Pending> next_boots(const Picture &picture, const Scope &scope);

/// Holds on threads and guests that are gone: the domain is off, undefined, or was started anew without our channel.
[[nodiscard]] std::set<plan::Target> ended(const Picture &picture);

}  // namespace kvmtune::pipeline
