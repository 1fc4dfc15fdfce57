#include <doctest/doctest.h>

#include <cstdlib>

#include "daemon/cli/palette.hpp"
#include "daemon/cli/terminal.hpp"

namespace screen_test {

using namespace kvmtune::cli;

namespace {

/// A stream in memory.
struct Stream {
    char *text = nullptr;
    std::size_t size = 0;
    std::FILE *file = ::open_memstream(&text, &size);

    Stream() = default;
    Stream(const Stream &) = delete;
    Stream &operator=(const Stream &) = delete;
    ~Stream() {
        std::fclose(file);
        std::free(text);
    }
    std::string said() const {
        std::fflush(file);
        return {text, size};
    }
};

}  // namespace

TEST_CASE("progress takes the place of what was said before, and is cut to a narrow screen") {
    const Stream out;
    const Stream err;
    const auto terminal = Terminal::on_screens(out.file, err.file);
    terminal.progress("starting web01");
    terminal.progress(std::string(200, 'x'));
    terminal.progress("");
    CHECK(err.said() == "\r\033[Kstarting web01\r\033[K" + std::string(79, 'x') + "\r\033[K");
    CHECK(out.said().empty());
}

TEST_CASE("a file gets no progress and no colors") {
    const Stream out;
    const Stream err;
    const Terminal terminal(out.file, err.file);
    terminal.progress("starting web01");
    CHECK(err.said().empty());
    CHECK(Palette::of({}, terminal).bad("x") == "x");
}

TEST_CASE("NO_COLOR and a dumb terminal switch colors off on a screen") {
    const Stream out;
    const Stream err;
    const auto terminal = Terminal::on_screens(out.file, err.file);
    CHECK(::setenv("TERM", "xterm", 1) == 0);
    CHECK(Palette::of({}, terminal).bad("x") == "\033[31mx\033[0m");
    CHECK(::setenv("NO_COLOR", "1", 1) == 0);
    CHECK(Palette::of({}, terminal).bad("x") == "x");
    CHECK(::setenv("NO_COLOR", "", 1) == 0);
    CHECK(Palette::of({}, terminal).bad("x") == "\033[31mx\033[0m");
    CHECK(::setenv("TERM", "dumb", 1) == 0);
    CHECK(Palette::of({}, terminal).bad("x") == "x");
    ::unsetenv("NO_COLOR");
    ::setenv("TERM", "xterm", 1);
}

TEST_CASE("a diff's lines are colored by what they are") {
    const std::string diff = "--- a.xml (now)\n+++ a.xml (planned)\n@@ -1,2 +1,2 @@\n same\n-old\n+new\n";
    CHECK(Palette::plain().diff(diff) == diff);
    CHECK(Palette::colored().diff(diff) ==
          "\033[1m--- a.xml (now)\033[0m\n\033[1m+++ a.xml (planned)\033[0m\n\033[36m@@ -1,2 +1,2 @@\033[0m\n same\n"
          "\033[31m-old\033[0m\n\033[32m+new\033[0m\n");
}

}  // namespace screen_test
