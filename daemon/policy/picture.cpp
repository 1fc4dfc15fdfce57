#include "daemon/policy/picture.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <sstream>
#include <string_view>
#include <utility>

namespace kvmtune::policy {

namespace {

/// " 12 | key = value" and below it "    |       ^--- comment" (or "~~~~ comment").
std::optional<SyntaxError> picture_in(const std::string &line, const std::string &below) {
    constexpr std::string_view bar_text = " | ";
    const std::size_t bar = line.find(bar_text);
    const std::size_t digits = line.find_first_not_of(' ');
    const std::size_t mark = below.find_first_of("^~");
    if (bar == std::string::npos || mark == std::string::npos) return {};
    const std::size_t start = bar + bar_text.size();
    if (digits >= bar || mark < start || below.find_first_not_of(" |") != mark) return {};

    SyntaxError found;
    const auto [end, error] = std::from_chars(line.data() + digits, line.data() + bar, found.line);
    if (error != std::errc{} || end != line.data() + bar) return {};
    found.byte_column = mark - start + 1;
    const std::size_t comment = below.find(' ', mark);
    if (comment != std::string::npos) found.what = below.substr(comment + 1);
    return found;
}

/// "[error] toml::parse_array: no separator" -> "no separator".
std::string headline(std::string line) {
    for (const std::string_view prefix : {"[error] ", "toml::"})
        if (line.starts_with(prefix)) line.erase(0, prefix.size());
    for (const std::string_view prefix : {"parse_", "insert_", "read_"})
        if (line.starts_with(prefix)) line.erase(0, std::min(line.find(':'), line.size() - 1) + 1);
    line.erase(0, std::min(line.find_first_not_of(' '), line.size()));
    while (line.ends_with('.') || line.ends_with(' ')) line.pop_back();
    return line;
}

}  // namespace

SyntaxError syntax_error_in(const std::string &message) {
    std::istringstream text(message);
    std::string first, line, below;
    std::getline(text, first);
    SyntaxError found;
    while (std::getline(text, below)) {
        if (auto picture = picture_in(line, below)) found = *std::move(picture);
        line = std::exchange(below, {});
    }
    const std::string said = headline(first);
    const bool points_only = found.what == "here" || found.what.empty();
    if (points_only) {
        found.what = said;
    } else if (!said.empty()) {
        found.what = said + ": " + found.what;
    }
    return found;
}

}  // namespace kvmtune::policy
