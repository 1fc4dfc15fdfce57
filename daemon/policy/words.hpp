// Values that are a word out of a closed list.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "daemon/policy/near.hpp"
#include "daemon/policy/values.hpp"

namespace kvmtune::policy {

/// "\"a\", \"b\" or \"c\"".
[[nodiscard]] std::string one_of(const std::vector<std::string> &words);

[[nodiscard]] std::string quoted(const std::string &text);

/// A string out of a closed list; some words are designed but not there yet.
[[nodiscard]] Read<std::string> word(const Node &node, const std::vector<std::string> &known,
                                     const std::vector<std::string> &not_yet = {});

/// What a word out of a closed list stands for.
template <class T>
[[nodiscard]] Read<T> choice(const Node &node, const std::vector<std::pair<std::string, T>> &choices,
                             const std::vector<std::string> &not_yet = {}) {
    std::vector<std::string> known;
    for (const auto &[name, meaning] : choices) known.push_back(name);
    const auto name = word(node, known, not_yet);
    if (!name) return tl::unexpected(name.error());
    const auto is_it = [&](const auto &one) { return one.first == *name; };
    return std::find_if(choices.begin(), choices.end(), is_it)->second;
}

}  // namespace kvmtune::policy
