#include "daemon/policy/nesting.hpp"

#include <algorithm>

namespace kvmtune::policy {

namespace {

/// How many bytes the comment or string at the start of the text takes; 0 if there is none.
std::size_t opaque_length(std::string_view text) {
    const char first = text.front();
    if (first != '#' && first != '"' && first != '\'') return 0;
    const std::size_t line = std::min(text.find('\n'), text.size());
    if (first == '#') return line;

    const bool many_lines = text.starts_with(R"(""")") || text.starts_with("'''");
    const std::string_view quotes = text.substr(0, many_lines ? 3 : 1);
    const std::size_t end = many_lines ? text.size() : line;
    std::size_t at = quotes.size();
    while (at < end) {
        if (first == '"' && text[at] == '\\') {
            at += 2;
        } else if (text.substr(at, quotes.size()) == quotes) {
            at += quotes.size();
            // Up to two quotes may stand right before the closing three.
            for (int more = 0; many_lines && more < 2 && at < end && text[at] == first; ++more) ++at;
            return at;
        } else {
            ++at;
        }
    }
    return std::min(at, text.size());
}

}  // namespace

std::size_t nesting_of(std::string_view text) {
    std::size_t deepest = 0, brackets = 0, dots = 0;
    while (!text.empty()) {
        if (const std::size_t skipped = opaque_length(text); skipped != 0) {
            text.remove_prefix(skipped);
            continue;
        }
        switch (text.front()) {
            case '[':
            case '{':
                ++brackets, dots = 0;
                break;
            case ']':
            case '}':
                brackets -= brackets != 0 ? 1 : 0, dots = 0;
                break;
            case '.':
                ++dots;
                break;
            case '=':
            case ',':
            case '\n':
                dots = 0;
                break;
            default:
                break;
        }
        deepest = std::max({deepest, brackets, dots});
        text.remove_prefix(1);
    }
    return deepest;
}

}  // namespace kvmtune::policy
