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

}  // namespace kvmtune::domain
