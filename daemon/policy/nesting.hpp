// A bound on how deep a TOML text nests, taken before it is parsed: toml11 recurses without a bound of its own.
#pragma once

#include <cstddef>
#include <string_view>

namespace kvmtune::policy {

/// The deepest nesting of brackets and braces outside of strings and comments, or the most dots in one key if that is
/// more. Exact for as much of the text as is TOML, which is as far as a parser gets.
[[nodiscard]] std::size_t nesting_of(std::string_view text);

}  // namespace kvmtune::policy
