#include "daemon/cli/drawing/text.hpp"

#include <doctest/doctest.h>

namespace drawing_text_test {

using namespace kvmtune::cli::drawing;
using Lines = std::vector<std::string>;

TEST_CASE("markup becomes text, and letters of all alphabets stay as they are") {
    CHECK(escaped("</text><script>\"&'") == "&lt;/text&gt;&lt;script&gt;&quot;&amp;&#39;");
    CHECK(escaped("]]>") == "]]&gt;");
    CHECK(escaped("b\u00fcro \u4e2d \U0001f600") == "b\u00fcro \u4e2d \U0001f600");
    CHECK(escaped("two\nlines") == "two\nlines");
}

TEST_CASE("what XML does not allow, and what turns text around, is replaced") {
    CHECK(escaped(std::string("a\0b", 3)) == "a\ufffdb");
    CHECK(escaped("a\033[31m") == "a\ufffd[31m");
    CHECK(escaped("\u202egnp.exe") == "\ufffdgnp.exe");
    CHECK(escaped("\u2066a\u2069") == "\ufffda\ufffd");
    CHECK(escaped("\ufffe\uffff") == "\ufffd\ufffd");
    CHECK(escaped("bad \xff\xc0\xaf") == "bad \ufffd\ufffd\ufffd");
    CHECK(escaped("\xed\xa0\x80") == "\ufffd\ufffd\ufffd");  // a surrogate
    CHECK(escaped("cut \xe4\xb8") == "cut \ufffd\ufffd");
}

TEST_CASE("what is too long ends in an ellipsis, behind a whole character") {
    CHECK(clipped("web01", 100, 11) == "web01");
    const auto name = clipped(std::string(500, 'x'), 100, 11);
    CHECK(name.starts_with("xxxxxxx"));
    CHECK(name.ends_with("x\u2026"));
    CHECK(width_of(name, 11) <= 100);
    CHECK(clipped("\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d", 40, 11) == "\u4e2d\u4e2d\u2026");
    CHECK(clipped("web01", 0, 11) == "\u2026");
}

TEST_CASE("a font's letters are as wide as it is high, more or less") {
    CHECK(width_of("", 11) == 0);
    CHECK(width_of("vCPU 0", 11) > 30);
    CHECK(width_of("vCPU 0", 11) < 54);
    CHECK(width_of("mmmm", 20) > width_of("iiii", 20));
}

TEST_CASE("parts are whole on a line, and there are as many lines as it takes") {
    CHECK(lines_of({}, ", ", 100, 11).empty());
    CHECK(lines_of({"a", "b"}, ", ", 100, 11) == Lines{"a, b"});
    CHECK(lines_of({"vCPUs 2-5", "emulator 0-1", "vhost 6"}, ", ", 150, 11) ==
          Lines{"vCPUs 2-5, emulator 0-1", "vhost 6"});
}

}  // namespace drawing_text_test
