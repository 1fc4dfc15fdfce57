// Plans and accounts as JSON, version 1: members are added, never changed or taken away. schema/kvmtune.json describes
// all of it.
#pragma once

#include <string>

#include "base/json.hpp"
#include "daemon/cli/show.hpp"

namespace kvmtune::cli {

/// A command's whole answer: version and command in front of the body's members.
[[nodiscard]] Json answer(const std::string &command, const Json &body);

[[nodiscard]] Json json_of(const plan::Plan &plan, const Names &names);
[[nodiscard]] Json json_of(const pipeline::Account &account);
[[nodiscard]] Json json_of(const plan::Value &value);
[[nodiscard]] Json json_of(const std::vector<plan::Finding> &findings);
/// Its text, layer and domain.
[[nodiscard]] Json json_of(const plan::Target &target, const Names &names);

}  // namespace kvmtune::cli
