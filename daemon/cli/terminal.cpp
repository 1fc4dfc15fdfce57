#include "daemon/cli/terminal.hpp"

#include <unistd.h>

namespace kvmtune::cli {

namespace {

bool is_screen(std::FILE *stream) {
    return ::isatty(::fileno(stream)) != 0;
}

}  // namespace

Terminal::Terminal(std::FILE *out, std::FILE *err)
    : out_(out), err_(err), out_is_screen_(is_screen(out)), err_is_screen_(is_screen(err)) {}

Terminal Terminal::on_screens(std::FILE *out, std::FILE *err) {
    Terminal terminal(out, err);
    terminal.out_is_screen_ = true;
    terminal.err_is_screen_ = true;
    return terminal;
}

void Terminal::progress(const std::string &doing) const {
    // A line that is wider than the screen could not be taken back.
    constexpr std::size_t narrowest_screen = 79;
    constexpr const char *wipe = "\r\033[K";
    if (!err_is_screen_) return;
    print(err_, wipe + doing.substr(0, narrowest_screen));
    std::fflush(err_);
}

}  // namespace kvmtune::cli
