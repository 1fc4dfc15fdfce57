// Canonical forms of values.
#pragma once

#include <string>

namespace kvmtune {

/// The canonical form of a sysctl's value: fields separated by one blank, no line end.
[[nodiscard]] std::string canonical_sysctl(const std::string &value);

}  // namespace kvmtune
