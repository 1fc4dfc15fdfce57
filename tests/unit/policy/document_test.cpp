#include "daemon/policy/document.hpp"

#include <doctest/doctest.h>

namespace document_test {

using namespace kvmtune::policy;

namespace {

Node document(const std::string &text) {
    auto parsed = parse_document({"f", text});
    REQUIRE(parsed);
    return *std::move(parsed);
}

const Node &member(const Node &table, const std::string &key) {
    for (const auto &[name, node] : *table.table())
        if (name == key) return node;
    FAIL("no member " << key);
    return table;
}

std::string error(const std::string &text) {
    const auto parsed = parse_document({"f", text});
    return parsed ? "none" : text_of(parsed.error());
}

}  // namespace

TEST_CASE("members come in the order of the text, each at its value") {
    const Node node = document("z = 1\n\ty =\t\"two\"\nx = [true,\n  {b = 2.5}]\n");
    const Table &table = *node.table();
    REQUIRE(table.size() == 3);
    CHECK(table[0].first == "z");
    CHECK(table[0].second.at == Position{1, 5});
    CHECK(*table[0].second.integer() == 1);
    CHECK(table[1].second.at == Position{2, 6});
    CHECK(*table[1].second.text() == "two");
    CHECK(table[2].second.at == Position{3, 5});
    const Array &array = *table[2].second.array();
    CHECK(array[0].at == Position{3, 6});
    CHECK(*array[0].truth());
    CHECK(array[1].at == Position{4, 3});
    CHECK(member(array[1], "b").kind() == "a float");
}

TEST_CASE("tables stand at their headers or keys") {
    const Node node = document("[host]\n[[domain]]\n\n  [[domain]]\n[host.cpus]\n[a.b]\n");
    CHECK(member(node, "host").at == Position{1, 1});
    CHECK(member(node, "domain").at == Position{2, 1});
    CHECK((*member(node, "domain").array())[1].at == Position{4, 3});
    CHECK(member(member(node, "host"), "cpus").at == Position{5, 1});
    CHECK(member(node, "a").at == Position{6, 1});
    CHECK(member(document("\n  a.b = 1\n"), "a").at == Position{2, 3});
}

TEST_CASE("columns are characters, and line ends and a byte order mark make no difference") {
    CHECK(member(document("\"\xc3\xa4\" = [\"\xe2\x82\xac\", 1]\n"), "\xc3\xa4").array()->at(1).at == Position{1, 13});
    CHECK(member(document("a = 1\r\nb = 2\r\n"), "b").at == Position{2, 5});
    CHECK(member(document("\xef\xbb\xbf"
                          "a = 1"),
                 "a")
              .at == Position{1, 5});
}

TEST_CASE("an empty file is an empty table") {
    CHECK(document("").table()->empty());
    CHECK(document("# nothing\n").table()->empty());
}

TEST_CASE("what is not TOML is reported at its first error") {
    CHECK(error("a = \n") ==
          "f:1:5: not TOML: missing value after key-value separator '=': expected value, but got nothing");
    CHECK(error("x = 1\n\ty = tru\n") == "f:2:6: not TOML: the next token is not a boolean");
    CHECK(error("x = 1\n  \"\xc3\xa4\" = 012\n") == "f:2:9: not TOML: bad integer: leading zero");
    CHECK(error("a = 1\na = 2\n") == "f:2:5: not TOML: value (\"a\") already exists: value defined twice");
    CHECK(error("a = [1,\n  2\n\nb = 3\n") ==
          "f:4:1: not TOML: missing array separator `,` after a value: should be `,`");
    CHECK(error("x = 1\nhello world\n") == "f:2:6: not TOML: missing key-value separator `=`: should be `=`");
    CHECK(error("x = 1 2\n") == "f:1:7: not TOML: invalid line format: expected newline, but got '2'.");
    CHECK(error("x = 1\r\ny = 'a\r\n").starts_with("f:2:5: not TOML: "));
    CHECK(error(std::string("\0\1", 2)).starts_with("f:1:1: not TOML: "));
}

TEST_CASE("what is not UTF-8 is not TOML, in comments as in strings") {
    CHECK(error("a = 1\nb = '\xc3\xa4\xe4'\n") == "f:2:7: not TOML: not UTF-8");
    CHECK(error("'\xbb' = 1\n") == "f:1:2: not TOML: not UTF-8");
    CHECK(error("# caf\xe9\n") == "f:1:6: not TOML: not UTF-8");
}

TEST_CASE("an integer beyond 64 bits is no integer") {
    CHECK(member(document("a = 99999999999999999999\n"), "a").kind() == "an integer beyond 64 bits");
    CHECK(member(document("a = -99999999999999999999\n"), "a").kind() == "an integer beyond 64 bits");
    CHECK(error("b = 1\na = 0b" + std::string(63, '1') + "\n") == "f:2:5: a binary integer beyond 62 bits");
    CHECK(*member(document("a = 0b" + std::string(62, '1') + "\n"), "a").integer() == 0x3fffffffffffffff);
}

TEST_CASE("a text that would overrun the parser is refused") {
    std::string deep = "a = ";
    for (int i = 0; i < 5000; ++i) deep += "[\n";
    CHECK(error(deep) == "f: it nests deeper than 32");
    std::string dots = "a";
    for (int i = 0; i < 5000; ++i) dots += ".a";
    CHECK(error(dots + " = 1\n") == "f: it nests deeper than 32");
    CHECK(error("a = '" + std::string(20000, 'x') + "'\n") == "f: it has a line of more than 16384 bytes");
    CHECK(error("#" + std::string(largest_policy, '\n')) == "f: it is larger than 1048576 bytes");
    CHECK(error("#" + std::string(largest_policy - 1, '\n')) == "none");
}

}  // namespace document_test
