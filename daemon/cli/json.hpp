// Plans and accounts as JSON, version 1: members are added, never changed or taken away.
#pragma once

#include <string>

#include "base/json.hpp"
#include "daemon/cli/show.hpp"

namespace kvmtune::cli {

[[nodiscard]] Json json_of(const plan::Plan &plan, const Names &names);
[[nodiscard]] Json json_of(const pipeline::Account &account);
[[nodiscard]] Json json_of(const plan::Value &value);

}  // namespace kvmtune::cli
