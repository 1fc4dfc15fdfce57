// What toml11 says of a text that is not TOML, read from its message: a headline, and pictures of lines with a mark
// below the place that is meant.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace kvmtune::policy {

struct SyntaxError {
    std::size_t line = 0;  ///< 0 if the message shows no line
    std::size_t byte_column = 0;
    std::string what;
};

/// The last of a message's pictures, which is the place of the error itself, and its words.
[[nodiscard]] SyntaxError syntax_error_in(const std::string &message);

}  // namespace kvmtune::policy
