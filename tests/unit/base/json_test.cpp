#include "base/json.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

namespace json_test {

using kvmtune::ErrorKind;
using kvmtune::Json;
using kvmtune::parse_json;

namespace {

std::string mistake_in(std::string_view text, std::size_t depth = 32) {
    const auto value = parse_json(text, depth);
    if (value) return "taken";
    CHECK(value.error().kind == ErrorKind::invalid);
    return value.error().what;
}

std::string again(std::string_view text) {
    const auto value = parse_json(text);
    return value ? value->line() : "refused: " + value.error().what;
}

}  // namespace

TEST_CASE("a document comes out as it went in, without blanks and in its own order") {
    CHECK(again(R"( {"b": [1, -2, true, false, null], "a": {"text": "x"}, "e": [], "o": {}} )") ==
          R"({"b":[1,-2,true,false,null],"a":{"text":"x"},"e":[],"o":{}})");
    CHECK(again("0") == "0");
    CHECK(again(R"("")") == R"("")");
    CHECK(again("1.5") == "1.5");
    CHECK(again("1e3") == "1000.0");
}

TEST_CASE("text is escaped and comes back the same") {
    constexpr char raw[] = "quote \" slash \\ line\n tab\t nul\0 bell\a \xc3\xa9 \xf0\x9f\x90\xa7";
    const std::string text(raw, sizeof raw - 1);
    const auto back = parse_json(Json(text).line());
    REQUIRE(back);
    REQUIRE(back->text());
    CHECK((*back->text() == text));
    CHECK(Json("a\nb").line() == R"("a\nb")");
}

TEST_CASE("text that is not UTF-8 is written with a mark in place of each bad byte") {
    CHECK(Json("a\xff"
               "b")
              .line() ==
          "\"a\xef\xbf\xbd"
          "b\"");
}

TEST_CASE("the pretty form is indented by two and ends with a line end") {
    Json value;
    value.add("a", Json::Array{1, "x"});
    value.add("b", Json::Object{});
    CHECK(value.pretty() == "{\n  \"a\": [\n    1,\n    \"x\"\n  ],\n  \"b\": {}\n}\n");
    CHECK(parse_json(value.pretty()) == value);
}

TEST_CASE("members are found by name, and only in objects") {
    const auto value = parse_json(R"({"a": 1, "": 2})").value();
    REQUIRE(value.find("a"));
    CHECK(*value.find("a")->integer() == 1);
    CHECK(value.find("") != nullptr);
    CHECK(value.find("b") == nullptr);
    CHECK(Json(3).find("a") == nullptr);
}

TEST_CASE("a null value becomes what is added to it") {
    Json object;
    object.add("x", 1);
    CHECK(object.line() == R"({"x":1})");
    Json array;
    array.push("y");
    CHECK(array.line() == R"(["y"])");
}

TEST_CASE("whole numbers reach as far as 64 bits signed and no further") {
    CHECK(*parse_json("9223372036854775807")->integer() == std::numeric_limits<std::int64_t>::max());
    CHECK(*parse_json("-9223372036854775808")->integer() == std::numeric_limits<std::int64_t>::min());
    CHECK(mistake_in("9223372036854775808") == "a number is too large");
    CHECK(mistake_in("-9223372036854775809") == "a number is too large");
    CHECK(mistake_in("[18446744073709551616]") == "a number is too large");
    CHECK(mistake_in("1" + std::string(400, '0')) != "taken");
    CHECK(mistake_in("1e999") != "taken");
}

TEST_CASE("a whole number and a fraction are different kinds") {
    CHECK(parse_json("1")->integer() != nullptr);
    CHECK(parse_json("1")->number() == nullptr);
    CHECK(parse_json("1.0")->number() != nullptr);
    CHECK(parse_json("1.0")->integer() == nullptr);
}

TEST_CASE("a member name that comes twice is refused") {
    CHECK(mistake_in(R"({"a": 1, "b": 2, "a": 3})") == "member \"a\" comes twice");
    CHECK(mistake_in(R"([{"a": {"x": 1, "x": 1}}])") == "member \"x\" comes twice");
    CHECK(again(R"([{"a": 1}, {"a": 1}])") == R"([{"a":1},{"a":1}])");
}

TEST_CASE("nesting is taken to its depth and no deeper") {
    CHECK(mistake_in("[[1]]", 2) == "taken");
    CHECK(mistake_in("[[[1]]]", 2) == "it nests deeper than 2");
    CHECK(mistake_in(R"({"a":{"b":{}}})", 2) == "it nests deeper than 2");
    CHECK(mistake_in(std::string(100000, '['), 32) == "it nests deeper than 32");
}

TEST_CASE("what is not one JSON value is refused with the place") {
    CHECK(mistake_in("") == "not JSON at byte 1");
    CHECK(mistake_in("{} {}") == "not JSON at byte 4");
    for (const auto *text : {"{", "[1,]", "{\"a\"}", "tru", "'a'", "\"\\ud800\"", "\"a\nb\"", "01", "nan", "// x\n1",
                             "\"\xff\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\""}) {
        CAPTURE(text);
        CHECK(mistake_in(text).starts_with("not JSON at byte "));
    }
}

TEST_CASE("nothing hides behind a NUL byte") {
    CHECK(mistake_in(std::string_view("{}\0{}", 5)) == "not JSON: it has a NUL byte");
    CHECK(mistake_in(std::string_view("1\0", 2)) == "not JSON: it has a NUL byte");
}

}  // namespace json_test
