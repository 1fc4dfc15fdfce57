// Unified diffs, as diff(1) prints them.
#pragma once

#include <string>
#include <string_view>

namespace kvmtune::domain {

/// What `diff -u --label LEFT_LABEL --label RIGHT_LABEL` prints for these texts: three lines of context, empty if they
/// are equal.
[[nodiscard]] std::string unified_diff(std::string_view left, std::string_view right, const std::string &left_label,
                                       const std::string &right_label);

}  // namespace kvmtune::domain
