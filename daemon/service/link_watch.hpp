// The kernel tells of links that come, go or change: rtnetlink(7).
#pragma once

#include "base/file.hpp"

namespace kvmtune::service {

/// A descriptor that is readable when some link of this network namespace has changed.
[[nodiscard]] Result<Fd> watch_links();
/// Takes what was told off it.
void drain(const Fd &links);

}  // namespace kvmtune::service
