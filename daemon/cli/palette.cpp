#include "daemon/cli/palette.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace kvmtune::cli {

namespace {

/// NO_COLOR: the convention of no-color.org, by which any value but an empty one counts.
bool environment_wants_none() {
    const char *no_color = std::getenv("NO_COLOR");
    const char *terminal = std::getenv("TERM");
    return (no_color != nullptr && *no_color != '\0') || (terminal != nullptr && std::string_view(terminal) == "dumb");
}

}  // namespace

Palette Palette::of(const Options &options, const Terminal &terminal) {
    return options.color && terminal.is_interactive() && !environment_wants_none() ? colored() : plain();
}

std::string Palette::diff(const std::string &text) const {
    if (escape_.empty()) return text;
    std::string painted;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        const std::string line = text.substr(at, end - at);
        const bool is_head = line.starts_with("--- ") || line.starts_with("+++ ");
        painted += is_head                  ? heading(line)
                   : line.starts_with("@@") ? quiet(line)
                   : line.starts_with('+')  ? good(line)
                   : line.starts_with('-')  ? bad(line)
                                            : line;
        if (end < text.size()) painted += '\n';
        at = end + 1;
    }
    return painted;
}

}  // namespace kvmtune::cli
