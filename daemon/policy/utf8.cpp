#include "daemon/policy/utf8.hpp"

#include <algorithm>
#include <iterator>

namespace kvmtune::policy {

namespace {

/// RFC 3629, section 4: what the first byte of a character says of the second, and how long the character is.
struct Form {
    unsigned char first_from, first_to;
    unsigned char second_from, second_to;
    std::size_t length;
};

constexpr Form forms[] = {
    {0x00, 0x7f, 0x00, 0x00, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
    {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
    {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

}  // namespace

std::size_t character_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto *form = std::find_if(std::begin(forms), std::end(forms), [&](const Form &one) {
        return byte(0) >= one.first_from && byte(0) <= one.first_to;
    });
    if (form == std::end(forms) || text.size() < form->length) return 0;
    if (form->length > 1 && (byte(1) < form->second_from || byte(1) > form->second_to)) return 0;
    for (std::size_t i = 2; i < form->length; ++i)
        if (byte(i) < 0x80 || byte(i) > 0xbf) return 0;
    return form->length;
}

std::optional<std::size_t> first_bad_byte(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = character_length(text.substr(at));
        if (length == 0) return at;
        at += length;
    }
    return {};
}

}  // namespace kvmtune::policy
