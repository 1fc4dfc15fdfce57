// The encodings of documents that we edit: those in which every byte below 0x80 is the ASCII character, so that markup
// can be found byte by byte.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace kvmtune::domain {

enum class Encoding { utf8, latin1, ascii };

inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// The encoding that an XML declaration calls so; nullopt for any that we do not edit.
[[nodiscard]] std::optional<Encoding> encoding_named(std::string_view name);

/// Where the first byte stands that is no character of the encoding, or no character that XML allows.
[[nodiscard]] std::optional<std::size_t> first_bad_byte(std::string_view bytes, Encoding encoding);

/// Whether XML can carry this character.
[[nodiscard]] bool is_xml_character(char32_t character);

/// Text of the encoding in UTF-8.
[[nodiscard]] std::string utf8_of(std::string_view text, Encoding encoding);

/// UTF-8 text as an attribute value between these quotes in a document of this encoding: what would end the value, tabs
/// and line ends as references, and outside UTF-8 all that is not ASCII. The text must have no bad byte.
[[nodiscard]] std::string escaped(std::string_view text, Encoding encoding, char quote);

/// "name:line:column: cause" for the byte at this offset. Columns count characters from 1; a byte order mark is none.
[[nodiscard]] tl::unexpected<Error> error_in(std::string_view bytes, Encoding encoding, const std::string &name,
                                             std::size_t offset, const std::string &cause,
                                             ErrorKind kind = ErrorKind::invalid);

}  // namespace kvmtune::domain
