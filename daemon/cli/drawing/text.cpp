#include "daemon/cli/drawing/text.hpp"

#include <algorithm>

#include "daemon/policy/utf8.hpp"

namespace kvmtune::cli::drawing {

namespace {

constexpr std::string_view ellipsis = "\u2026";
constexpr std::string_view replacement = "\ufffd";
constexpr char32_t no_character = 0xfffd;

struct Character {
    std::string_view bytes;  ///< at least one
    char32_t code = no_character;
};

Character first_of(std::string_view text) {
    const std::size_t length = policy::character_length(text);
    if (length == 0) return {text.substr(0, 1), no_character};
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    constexpr unsigned char masks[] = {0x7f, 0x1f, 0x0f, 0x07};
    char32_t code = byte(0) & masks[length - 1];
    for (std::size_t i = 1; i < length; ++i) code = (code << 6) | (byte(i) & 0x3fU);
    return {text.substr(0, length), code};
}

template <class Take>
void each_character(std::string_view text, Take take) {
    while (!text.empty()) {
        const Character character = first_of(text);
        take(character);
        text.remove_prefix(character.bytes.size());
    }
}

bool is_between(char32_t code, char32_t first, char32_t last) {
    return first <= code && code <= last;
}

/// XML 1.0, production 2 (what UTF-8 cannot hold is replaced already), without control characters, line separators and
/// marks of direction (Unicode's Bidi_Control).
bool is_harmless(char32_t code) {
    if (code < 0x20) return code == '\n';
    return !is_between(code, 0x7f, 0x9f) && code != 0x61c && !is_between(code, 0x200e, 0x200f) &&
           !is_between(code, 0x2028, 0x202e) && !is_between(code, 0x2066, 0x2069) && !is_between(code, 0xfffe, 0xffff);
}

std::string escaped(const Character &character) {
    switch (character.code) {
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        case '"':
            return "&quot;";
        case '\'':
            return "&#39;";
        default:
            return std::string(is_harmless(character.code) && character.code != no_character ? character.bytes
                                                                                             : replacement);
    }
}

/// Hundredths of the font's size.
int width_of(char32_t code) {
    constexpr std::string_view narrow = " .,:;'!|ijlIft()[]/-";
    if (code >= 0x1100) return 110;
    if (code >= 0x80) return 80;
    const char c = static_cast<char>(code);
    if (narrow.find(c) != std::string_view::npos) return 40;
    if (c == 'm' || c == 'M' || c == 'w' || c == 'W' || c == '@' || c == '%') return 100;
    return 'A' <= c && c <= 'Z' ? 77 : 64;
}

int pixels(int hundredths, int font) {
    return (hundredths * font + 99) / 100;
}

}  // namespace

std::string escaped(std::string_view text) {
    std::string result;
    each_character(text, [&](const Character &character) { result += escaped(character); });
    return result;
}

int width_of(std::string_view text, int font) {
    int width = 0;
    each_character(text, [&](const Character &character) { width += width_of(character.code); });
    return pixels(width, font);
}

std::string clipped(std::string_view text, int width, int font) {
    if (width_of(text, font) <= width) return std::string(text);
    int used = width_of(first_of(ellipsis).code);
    std::size_t kept = 0;
    while (kept < text.size()) {
        const Character next = first_of(text.substr(kept));
        used += width_of(next.code);
        if (pixels(used, font) > width) break;
        kept += next.bytes.size();
    }
    return std::string(text.substr(0, kept)) + std::string(ellipsis);
}

std::vector<std::string> lines_of(const std::vector<std::string> &parts, std::string_view separator, int width,
                                  int font) {
    std::vector<std::string> lines;
    for (const std::string &part : parts) {
        const std::string longer = lines.empty() ? "" : lines.back() + std::string(separator) + part;
        if (!lines.empty() && width_of(longer, font) <= width) {
            lines.back() = longer;
        } else {
            lines.push_back(clipped(part, width, font));
        }
    }
    return lines;
}

}  // namespace kvmtune::cli::drawing
