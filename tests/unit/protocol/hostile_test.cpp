// Frames that nobody of ours would send. Whatever comes, reading it ends, within bounds and with an answer or an error.
#include <doctest/doctest.h>

#include <random>

#include "guest-agent/protocol/codec.hpp"
#include "guest-agent/protocol/frame.hpp"

namespace hostile_test {

using namespace kvmtune;
using namespace kvmtune::protocol;

namespace {

const std::string head = R"({"id":"00c0ffee00c0ffee-7","verb":"ping","more":)";

std::string nested(std::size_t depth) {
    return head + std::string(depth, '[') + std::string(depth, ']') + "}";
}

std::vector<std::string> seeds() {
    const Id id{"00c0ffee00c0ffee", 7};
    View view;
    view.boot_id = "11111111-2222-3333-4444-555555555555";
    view.cpus = 4;
    view.memory = 1 << 30;
    view.sysctl_names = {"net.core.rmem_max"};
    view.sysctls = {{"net.core.rmem_max", "212992"}};
    view.nics = {Nic{"52:54:00:12:34:56", "eth0", 1, 4, 1500, 9000, 256, 1024, 256, 256, "no room"}};
    return {*frame_of(Reply{id, view}), *frame_of(Reply{id, Outcomes{{"a", {Outcome::State::failed, "1", "why"}}}}),
            *frame_of(Call{id, Put{{{"sysctl/net.core.rmem_max", "1"}}}}), *frame_of(Call{id, Revert{}})};
}

}  // namespace

TEST_CASE("nesting ends at the limit") {
    CHECK(incoming_from(nested(deepest - 1)).has_value());
    CHECK(!incoming_from(nested(deepest)).has_value());
    CHECK(!incoming_from(nested(30000)).has_value());
    CHECK(!incoming_from(std::string(frame_limit, '[')).has_value());
    CHECK(!reply_from(std::string(frame_limit, '[')).has_value());
}

TEST_CASE("a frame of very many members is refused before they are read") {
    std::string members;
    for (int i = 0; i < 9000; ++i) members += "\"" + std::to_string(i) + "\":1,";
    const auto incoming = incoming_from(head + "{" + members.substr(0, 60000) + "\"x\":1}}");
    REQUIRE(!incoming.has_value());
    CHECK(incoming.error().what == "frame: too many entries");
}

TEST_CASE("text that is not UTF-8 is refused") {
    CHECK(!incoming_from(head + "\"\xff\"}").has_value());
    CHECK(!incoming_from(head + "\"\xc0\xaf\"}").has_value());
    CHECK(!incoming_from(head + "\"\xed\xa0\x80\"}").has_value());
    CHECK(!incoming_from("\xff\xfe").has_value());
    CHECK(!incoming_from(std::string_view("\0{}", 3)).has_value());
}

TEST_CASE("every cut of a message is refused or answered with an error") {
    for (const std::string &seed : seeds()) {
        for (std::size_t length = 0; length + 2 < seed.size(); ++length) {
            CHECK(!incoming_from(seed.substr(0, length)).has_value());
            CHECK(!reply_from(seed.substr(0, length)).has_value());
        }
    }
}

TEST_CASE("whatever changed bytes are taken for, it keeps to the maxima") {
    std::mt19937 random(4711);
    const auto below = [&](std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
    };
    std::size_t taken = 0;
    for (const std::string &seed : seeds()) {
        for (int round = 0; round < 5000; ++round) {
            std::string frame = seed.substr(0, seed.size() - 1);
            for (std::size_t changes = 1 + below(3); changes > 0; --changes) {
                frame[below(frame.size())] = static_cast<char>(below(256));
            }
            (void)incoming_from(frame);
            const auto reply = reply_from(frame);
            if (!reply) continue;
            ++taken;
            const auto *view = std::get_if<View>(&reply->answer);
            if (view == nullptr) continue;
            CHECK(view->cpus >= 1);
            CHECK(view->boot_id.size() == 36);
            for (const Nic &nic : view->nics) {
                CHECK(nic.mac.size() == 17);
                CHECK(nic.rx_ring.has_value() == nic.rx_ring_max.has_value());
                CHECK(nic.rx_ring <= nic.rx_ring_max);
                CHECK(nic.tx_ring <= nic.tx_ring_max);
                CHECK(nic.mtu_max.value_or(1) <= 65536);
                CHECK(nic.rings_fixed.size() <= longest_note);
            }
        }
    }
    CHECK(taken > 0);
}

}  // namespace hostile_test
