// Whole numbers in text.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace kvmtune {

/// The decimal number that this text is, and nothing else; nullopt for anything more, less or larger.
template <class Number>
[[nodiscard]] std::optional<Number> whole_number(std::string_view text) {
    Number value = 0;
    const char *const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || rest != end) return std::nullopt;
    return value;
}

}  // namespace kvmtune
