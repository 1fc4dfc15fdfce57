#include <doctest/doctest.h>

#include "guest-agent/protocol/codec.hpp"
#include "guest-agent/protocol/frame.hpp"

namespace requests_test {

using namespace kvmtune;
using namespace kvmtune::protocol;

namespace {

const Id id{"00c0ffee00c0ffee", 7};
const std::string head = R"({"id":"00c0ffee00c0ffee-7","verb":)";

Request there_and_back(const Request &request) {
    const auto frame = frame_of(Call{id, request});
    REQUIRE(frame.has_value());
    REQUIRE(frame->back() == '\n');
    const auto incoming = incoming_from(frame->substr(0, frame->size() - 1));
    REQUIRE(incoming.has_value());
    CHECK(incoming->id == id);
    REQUIRE(incoming->request.has_value());
    return *incoming->request;
}

/// The error of a frame that can be answered, as "kind: what".
Error mistake_in(const std::string &frame) {
    const auto incoming = incoming_from(frame);
    REQUIRE(incoming.has_value());
    CHECK(incoming->id == id);
    REQUIRE(!incoming->request.has_value());
    return incoming->request.error();
}

}  // namespace

TEST_CASE("requests arrive as they were sent") {
    CHECK(there_and_back(AskHello{}) == Request(AskHello{}));
    CHECK(there_and_back(Observe{}) == Request(Observe{}));
    CHECK(there_and_back(Ping{}) == Request(Ping{}));
    const Put put{{{"nic/52:54:00:12:34:56/mtu", "9000"}, {"sysctl/net.ipv4.tcp_rmem", "4096 131072 6291456"}}};
    CHECK(there_and_back(put) == Request(put));
    const Revert some{std::set<std::string>{"nic/52:54:00:12:34:56/mtu"}};
    CHECK(there_and_back(some) == Request(some));
    CHECK(there_and_back(Revert{}) == Request(Revert{}));
    const Revert none{std::set<std::string>{}};
    CHECK(there_and_back(none) == Request(none));
}

TEST_CASE("an id has a nonce of 16 digits and a number") {
    CHECK(text_of(id) == "00c0ffee00c0ffee-7");
    CHECK(id_from("00c0ffee00c0ffee-7") == id);
    CHECK(id_from("00c0ffee00c0ffee-18446744073709551615").has_value());
    for (const char *wrong :
         {"", "00c0ffee00c0ffee-", "00c0ffee00c0ffee-x", "00c0ffee00c0ffee-7 ", "00C0FFEE00C0FFEE-7", "c0ffee-7",
          "00c0ffee00c0ffee-18446744073709551616", "00c0ffee00c0ffee--7"}) {
        CAPTURE(wrong);
        CHECK(!id_from(wrong).has_value());
    }
}

TEST_CASE("an unknown verb is answered with an error") {
    CHECK(mistake_in(head + R"("exec"})") == Error{ErrorKind::unsupported, "unknown verb exec"});
    CHECK(mistake_in(R"({"id":"00c0ffee00c0ffee-7"})") == Error{ErrorKind::invalid, "member \"verb\": missing"});
}

TEST_CASE("unknown members are ignored") {
    const auto incoming = incoming_from(head + R"("ping","hurry":{"yes":[1,2.5,null,true]}})");
    REQUIRE(incoming.has_value());
    CHECK(incoming->request == Request(Ping{}));
}

TEST_CASE("a put of the wrong shape is answered with an error") {
    CHECK(mistake_in(head + R"("put"})").what == "member \"knobs\": missing");
    CHECK(mistake_in(head + R"("put","knobs":[]})").what == "member \"knobs\": not an object");
    CHECK(mistake_in(head + R"("put","knobs":{"a b":"1"}})").what ==
          "member \"knobs\": a member is not named as it should be");
    CHECK(mistake_in(head + R"("put","knobs":{"a":1}})").what == "member \"knobs\": a is not plain text, or too long");
    CHECK(mistake_in(head + R"("put","knobs":{"a":"1\n2"}})").what ==
          "member \"knobs\": a is not plain text, or too long");
    const std::string long_value(longest_value + 1, '1');
    CHECK(mistake_in(head + R"("put","knobs":{"a":")" + long_value + R"("}})").kind == ErrorKind::invalid);
    std::string many;
    for (std::size_t i = 0; i <= most_knobs; ++i) many += (i > 0 ? ",\"k" : "\"k") + std::to_string(i) + "\":\"1\"";
    CHECK(mistake_in(head + R"("put","knobs":{)" + many + "}}").what == "member \"knobs\": too many members");
}

TEST_CASE("a frame without an id cannot be answered") {
    for (const char *frame : {"", "ping", "[]", "null", "{}", R"({"verb":"ping"})", R"({"id":7,"verb":"ping"})",
                              R"({"id":"me","verb":"ping"})", R"({"id":"00c0ffee00c0ffee-7","verb":"ping")"}) {
        CAPTURE(frame);
        CHECK(!incoming_from(frame).has_value());
    }
}

TEST_CASE("a request that is too large is not sent") {
    Put put;
    for (int i = 0; i < 256; ++i) put.knobs["sysctl/" + std::to_string(i)] = std::string(longest_value, '1');
    const auto frame = frame_of(Call{id, put});
    REQUIRE(!frame.has_value());
    CHECK(frame.error().kind == ErrorKind::invalid);
}

}  // namespace requests_test
