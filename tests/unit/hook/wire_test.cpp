#include "daemon/hook/wire.hpp"

#include <doctest/doctest.h>

namespace wire_test {

using namespace kvmtune;
using namespace kvmtune::hook;

namespace {

const std::string header =
    R"({"driver":"qemu","object":"web01","operation":"started","sub_operation":"begin","extra":"-"})";

ErrorKind refusal_of(const std::string &call) {
    const auto read = call_from(call);
    REQUIRE(!read.has_value());
    return read.error().kind;
}

ErrorKind refusal_of_answer(const std::string &line) {
    const auto read = answer_from(line);
    REQUIRE(!read.has_value());
    return read.error().kind;
}

Call call_to(const std::string &driver, const std::string &operation) {
    return {driver, "web01", operation, "begin", "-", ""};
}

}  // namespace

TEST_CASE("a call is a line of JSON and the document's bytes") {
    const Call call{"qemu", "web01", "started", "begin", "-", "<domain>\n  <name>web01</name>\n</domain>\n"};
    CHECK(text_of(call) == header + "\n" + call.document);
    CHECK(call_from(text_of(call)) == call);
}

TEST_CASE("names of any bytes and documents of no bytes come through") {
    const Call call{"network", "a \"b\"\n\\c", "start", "-", "", ""};
    CHECK(call_from(text_of(call)) == call);
}

TEST_CASE("members that are not known are passed over, those that are missing are not") {
    const std::string newer =
        R"({"driver":"qemu","object":"a","operation":"b","sub_operation":"c","extra":"d","new":[1]})";
    CHECK(call_from(newer + "\n")->object == "a");
    CHECK(refusal_of(R"({"driver":"qemu","object":"a","operation":"b","sub_operation":"c"})"
                     "\n") == ErrorKind::invalid);
    CHECK(refusal_of(R"({"driver":"qemu","object":7,"operation":"b","sub_operation":"c","extra":"d"})"
                     "\n") == ErrorKind::invalid);
}

TEST_CASE("what is no call is refused") {
    CHECK(refusal_of("") == ErrorKind::invalid);
    CHECK(refusal_of(header) == ErrorKind::invalid);  // cut before its line end
    CHECK(refusal_of("[]\n<domain/>") == ErrorKind::invalid);
    CHECK(refusal_of("\n" + header + "\n") == ErrorKind::invalid);
    CHECK(refusal_of(std::string(header_limit + 1, ' ') + header + "\n") == ErrorKind::invalid);
    CHECK(refusal_of(header + "\n" + std::string(document_limit + 1, 'x')) == ErrorKind::invalid);
    CHECK(call_from(header + "\n" + std::string(document_limit, 'x')).has_value());
}

TEST_CASE("answers come back as they were") {
    CHECK(text_of(Answer{}) == "{\"verdict\":\"go\"}\n");
    const Answer refusal{Verdict::refuse, "no huge pages are left", {}};
    const Answer filtered{Verdict::go, "", "<domain>\n</domain>\n"};
    for (const auto &answer : {Answer{}, refusal, filtered}) {
        const auto text = text_of(answer);
        CHECK(text.find('\n') == text.size() - 1);
        CHECK(answer_from(text.substr(0, text.size() - 1)) == answer);
    }
}

TEST_CASE("a reason is one line, whatever was sent") {
    CHECK(answer_from(R"({"verdict":"refuse","why":"a\nb\tc"})")->why == "a b c");
}

TEST_CASE("what is no answer is refused") {
    for (const char *line : {"", "go", "{}", R"({"verdict":"perhaps"})", R"({"verdict":"refuse"})", R"({"verdict":1})",
                             R"({"verdict":"go","document":1})", R"([{"verdict":"go"}])"}) {
        CAPTURE(line);
        CHECK(refusal_of_answer(line) == ErrorKind::invalid);
    }
}

TEST_CASE("only migrate and restore of guests filter, only prepare and start may refuse") {
    std::string filters;
    std::string refusals;
    for (const char *operation :
         {"prepare", "start", "started", "stopped", "release", "migrate", "restore", "reconnect", "attach"}) {
        if (is_filter(call_to("qemu", operation))) filters += std::string(operation) + " ";
        if (may_refuse(call_to("qemu", operation))) refusals += std::string(operation) + " ";
    }
    CHECK(filters == "migrate restore ");
    CHECK(refusals == "prepare start ");
    CHECK(!is_filter(call_to("network", "restore")));
}

}  // namespace wire_test
