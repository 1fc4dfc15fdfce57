#include "daemon/domain/words.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/number.hpp"

namespace kvmtune::domain {

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool all_blank(std::string_view text) {
    return std::all_of(text.begin(), text.end(), is_blank);
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

std::string lower_case(std::string_view text) {
    std::string out(text);
    for (char &c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

std::optional<std::uint64_t> wide_number_in(std::string_view text) {
    return whole_number<std::uint64_t>(text);
}

std::optional<unsigned> number_in(std::string_view text) {
    return whole_number<unsigned>(text);
}

std::optional<unsigned> address_number(std::string_view text) {
    constexpr int hexadecimal = 16;
    if (text.empty()) return 0u;
    if (!text.starts_with("0x")) return number_in(text);
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), number, hexadecimal);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace kvmtune::domain
