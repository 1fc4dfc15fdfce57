// What is news of a finding that comes again.
#pragma once

#include <string>

#include "daemon/plan/plan.hpp"

namespace kvmtune::service {

/// The finding without amounts of memory ("3.2 GiB", "512MiB"), which move from round to round: one with the gist of
/// another is no news.
[[nodiscard]] std::string gist_of(const plan::Finding &finding);

}  // namespace kvmtune::service
