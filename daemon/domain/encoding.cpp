#include "daemon/domain/encoding.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace kvmtune::domain {

namespace {

struct Character {
    char32_t code = 0;
    std::size_t length = 0;
};

unsigned char byte_at(std::string_view text, std::size_t at) {
    return static_cast<unsigned char>(text[at]);
}

/// How many bytes a UTF-8 sequence with this first byte has, 0 if none starts with it.
std::size_t sequence_length(unsigned char first) {
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first < 0xE0) return 2;
    if (first >= 0xE0 && first < 0xF0) return 3;
    if (first >= 0xF0 && first < 0xF5) return 4;
    return 0;
}

/// The character at this place of UTF-8 text; nullopt if there is none (also overlong forms and surrogates).
std::optional<Character> utf8_character(std::string_view text, std::size_t at) {
    static constexpr std::array<char32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char first = byte_at(text, at);
    const std::size_t length = sequence_length(first);
    if (length == 0 || at + length > text.size()) return std::nullopt;
    if (length == 1) return Character{first, 1};
    char32_t code = first & (0x7Fu >> length);
    for (std::size_t i = 1; i < length; ++i) {
        const unsigned char next = byte_at(text, at + i);
        if ((next & 0xC0u) != 0x80u) return std::nullopt;
        code = (code << 6u) | (next & 0x3Fu);
    }
    if (code < smallest[length]) return std::nullopt;
    return Character{code, length};
}

std::optional<Character> character_at(std::string_view text, std::size_t at, Encoding encoding) {
    if (encoding == Encoding::utf8) return utf8_character(text, at);
    if (encoding == Encoding::ascii && byte_at(text, at) >= 0x80) return std::nullopt;
    return Character{byte_at(text, at), 1};
}

void append_utf8(std::string &out, unsigned char latin1) {
    if (latin1 < 0x80) {
        out += static_cast<char>(latin1);
        return;
    }
    out += static_cast<char>(0xC0u | (latin1 >> 6u));
    out += static_cast<char>(0x80u | (latin1 & 0x3Fu));
}

std::string reference_to(char32_t code) {
    return "&#" + std::to_string(static_cast<unsigned long>(code)) + ";";
}

std::string escaped_character(std::string_view sequence, char32_t code, Encoding encoding, char quote) {
    if (code == U'&') return "&amp;";
    if (code == U'<') return "&lt;";
    if (sequence.front() == quote) return quote == '"' ? "&quot;" : "&apos;";
    const bool plain = code >= 0x20 && (code < 0x80 || encoding == Encoding::utf8);
    return plain ? std::string(sequence) : reference_to(code);
}

}  // namespace

std::optional<Encoding> encoding_named(std::string_view name) {
    std::string lower(name);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (lower == "utf-8" || lower == "utf8") return Encoding::utf8;
    if (lower == "iso-8859-1" || lower == "iso_8859-1" || lower == "latin1" || lower == "iso-latin-1") {
        return Encoding::latin1;
    }
    if (lower == "us-ascii" || lower == "ascii") return Encoding::ascii;
    return std::nullopt;
}

bool is_xml_character(char32_t character) {
    if (character < 0x20) return character == 0x9 || character == 0xA || character == 0xD;
    return character < 0xD800 || (character >= 0xE000 && character <= 0xFFFD) ||
           (character >= 0x10000 && character <= 0x10FFFF);
}

std::optional<std::size_t> first_bad_byte(std::string_view bytes, Encoding encoding) {
    for (std::size_t at = 0; at < bytes.size();) {
        const unsigned char byte = byte_at(bytes, at);
        if (byte >= 0x20 && byte < 0x80) {
            ++at;
            continue;
        }
        const auto character = character_at(bytes, at, encoding);
        if (!character || !is_xml_character(character->code)) return at;
        at += character->length;
    }
    return std::nullopt;
}

std::string utf8_of(std::string_view text, Encoding encoding) {
    if (encoding != Encoding::latin1) return std::string(text);
    std::string out;
    out.reserve(text.size());
    for (const char c : text) append_utf8(out, static_cast<unsigned char>(c));
    return out;
}

std::string escaped(std::string_view text, Encoding encoding, char quote) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const Character character = utf8_character(text, at).value_or(Character{U'?', 1});
        out += escaped_character(text.substr(at, character.length), character.code, encoding, quote);
        at += character.length;
    }
    return out;
}

tl::unexpected<Error> error_in(std::string_view bytes, Encoding encoding, const std::string &name, std::size_t offset,
                               const std::string &cause, ErrorKind kind) {
    const std::string_view before = bytes.substr(0, std::min(offset, bytes.size()));
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const std::size_t last_end = before.rfind('\n');
    std::string_view in_line = last_end == std::string_view::npos ? before : before.substr(last_end + 1);
    if (last_end == std::string_view::npos && in_line.starts_with(byte_order_mark)) {
        in_line.remove_prefix(byte_order_mark.size());
    }
    const auto is_start = [&](char c) {
        return encoding != Encoding::utf8 || (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
    };
    const auto column = std::count_if(in_line.begin(), in_line.end(), is_start) + 1;
    return failure(kind, name + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + cause);
}

}  // namespace kvmtune::domain
