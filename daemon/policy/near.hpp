// What somebody may have meant by a word that we do not know.
#pragma once

#include <string>
#include <vector>

namespace kvmtune::policy {

/// " (did you mean \"persist\"?)" for the nearest of the known words, or nothing if none is near: a slip is at most
/// two letters added, lost, changed or swapped, fewer in short words. Case is no difference.
[[nodiscard]] std::string did_you_mean(const std::string &word, const std::vector<std::string> &known);

}  // namespace kvmtune::policy
