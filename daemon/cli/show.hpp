// Plans and accounts as people read them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/cli/palette.hpp"
#include "daemon/pipeline/pipeline.hpp"

namespace kvmtune::cli {

using Names = std::map<std::string, std::string>;  ///< domains' names by UUID

/// The unit that a target belongs to: "host", or the domain's name.
[[nodiscard]] std::string unit_of(const plan::Target &target, const Names &names);
/// A value on one line; a file's text by its number of lines.
[[nodiscard]] std::string shown(const plan::Target &target, const plan::Value &value);
/// Its kind in the words of the plan: "host", "definition", "live", "guest".
[[nodiscard]] std::string layer_of(const plan::Target &target);

enum class Detail { brief, reasons };

[[nodiscard]] std::string text_of(const plan::Plan &plan, const Names &names, Detail detail,
                                  const Palette &palette = Palette::plain());
[[nodiscard]] std::string text_of(const pipeline::Account &account, Detail detail,
                                  const Palette &palette = Palette::plain());
/// "kvmtune: ABOUT: WHAT", a line each; the same finding once.
[[nodiscard]] std::string text_of(const std::vector<plan::Finding> &findings, const Names &names);
/// Unified diffs of the definitions that the plan changes, without secrets.
[[nodiscard]] std::string definition_diffs(const pipeline::Planned &planned, const domain::Fragments &fragments);

}  // namespace kvmtune::cli
