// Lines and columns in a text, from byte offsets.
#pragma once

#include <compare>
#include <cstddef>
#include <string_view>
#include <vector>

namespace kvmtune::policy {

/// Counted from 1; columns in characters (a tab is one).
struct Position {
    unsigned line = 1;
    unsigned column = 1;

    auto operator<=>(const Position &) const = default;
};

class Places {
  public:
    /// The text must outlive it.
    explicit Places(std::string_view text);

    /// The place of the byte at this offset; one past the text is the end of its last line.
    [[nodiscard]] Position at(std::size_t offset) const;
    /// The place of a byte given by its line and its column in bytes, both from 1.
    [[nodiscard]] Position at(std::size_t line, std::size_t byte_column) const;
    /// Bytes of the longest line.
    [[nodiscard]] std::size_t longest_line() const;

  private:
    std::string_view text_;
    std::vector<std::size_t> starts_;  ///< of each line
};

}  // namespace kvmtune::policy
