// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing beyond U+10FFFF.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace kvmtune::policy {

/// Bytes of the character at the start of a text that is not empty; 0 if there is none.
[[nodiscard]] std::size_t character_length(std::string_view text);

/// The offset of the first byte that begins no character; nothing if all is well.
[[nodiscard]] std::optional<std::size_t> first_bad_byte(std::string_view text);

}  // namespace kvmtune::policy
