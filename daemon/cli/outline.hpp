// JSON for people: an indented outline, a member a line.
#pragma once

#include <string>

#include "base/json.hpp"

namespace kvmtune::cli {

/// "name: value" lines; members of members are indented below their name, items of a list that are no plain values
/// begin with "- ".
[[nodiscard]] std::string outline_of(const Json &json);

}  // namespace kvmtune::cli
