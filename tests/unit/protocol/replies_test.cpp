#include <doctest/doctest.h>

#include "guest-agent/protocol/codec.hpp"

namespace replies_test {

using namespace kvmtune;
using namespace kvmtune::protocol;

namespace {

const Id id{"00c0ffee00c0ffee", 7};
const std::string boot = "11111111-2222-3333-4444-555555555555";

Reply there_and_back(const Reply &reply) {
    const auto frame = frame_of(reply);
    REQUIRE(frame.has_value());
    const auto back = reply_from(frame->substr(0, frame->size() - 1));
    if (!back) FAIL(back.error().what);
    return *back;
}

View view_of_a_guest() {
    View view;
    view.boot_id = boot;
    view.agent_version = "0.1.0";
    view.cpus = 4;
    view.memory = std::uint64_t{1} << 40;
    view.kernel = "6.1.0-28-amd64";
    view.ahci = false;
    view.virtio_1 = true;
    view.sysctl_names = {"net.core.rmem_max", "net.core.wmem_max"};
    view.sysctls = {{"net.core.rmem_max", "212992"}};
    view.nics = {Nic{"52:54:00:12:34:56", "eth0", 1, 4, 1500, 9000, 256, 1024, 128, 512, "no room", "ens3"},
                 Nic{"52:54:00:12:34:57", "eth1", {}, {}, 9000}};
    view.held = {{"nic/52:54:00:12:34:57/mtu", "1500"}};
    return view;
}

std::string line_of(const View &view) {
    auto frame = frame_of(Reply{id, view});
    REQUIRE(frame.has_value());
    return frame->substr(0, frame->size() - 1);
}

std::string replaced(std::string text, const std::string &from, const std::string &to) {
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("replies arrive as they were sent") {
    const Reply view{id, view_of_a_guest()};
    CHECK(there_and_back(view) == view);
    const Reply greeting{std::nullopt, Hello{version, "0.1.0", boot, {"nic/mtu", "sysctl/net.core.rmem_max"}}};
    CHECK(there_and_back(greeting) == greeting);
    const Reply outcomes{id, Outcomes{{"a", {Outcome::State::done, "1", ""}},
                                      {"b", {Outcome::State::failed, "", "no such NIC"}},
                                      {"c", {Outcome::State::yielded, "3", "set by somebody"}}}};
    CHECK(there_and_back(outcomes) == outcomes);
    CHECK(there_and_back(Reply{id, Pong{}}) == Reply{id, Pong{}});
}

TEST_CASE("errors keep their kind and become plain text") {
    for (const auto kind : {ErrorKind::not_found, ErrorKind::denied, ErrorKind::busy, ErrorKind::invalid,
                            ErrorKind::unsupported, ErrorKind::changed, ErrorKind::timed_out, ErrorKind::failed}) {
        CHECK(there_and_back(Reply{id, Error{kind, "why"}}) == Reply{id, Error{kind, "why"}});
    }
    const std::string wild = "a\x1b[31m\nb\xc3\xa4" + std::string(longest_reason, 'x');
    const Reply reply = there_and_back(Reply{id, Error{ErrorKind::failed, wild}});
    const auto &error = std::get<Error>(reply.answer);
    CHECK(error.what.substr(0, 10) == "a?[31m?b??");
    CHECK(error.what.size() == longest_reason);
}

TEST_CASE("only a hello may come unasked") {
    CHECK(!reply_from(R"({"verb":"ping"})").has_value());
    CHECK(!reply_from(R"({"verb":"ping","id":"x"})").has_value());
    CHECK(reply_from(R"({"verb":"ping","id":"00c0ffee00c0ffee-7"})").has_value());
}

TEST_CASE("a view that breaks a rule is refused as a whole") {
    const std::string line = line_of(view_of_a_guest());
    REQUIRE(reply_from(line).has_value());
    const auto refused = [&](const std::string &from, const std::string &to) {
        CAPTURE(to);
        const auto reply = reply_from(replaced(line, from, to));
        REQUIRE(!reply.has_value());
        CHECK(reply.error().kind == ErrorKind::invalid);
    };
    refused(R"("cpus":4)", R"("cpus":0)");
    refused(R"("cpus":4)", R"("cpus":-4)");
    refused(R"("cpus":4)", R"("cpus":4.5)");
    refused(R"("cpus":4)", R"("cpus":"4")");
    refused(R"("cpus":4)", R"("cpus":70000)");
    refused(R"("cpus":4,)", "");
    refused(R"("memory":1099511627776)", R"("memory":9223372036854775807)");
    refused(R"("memory":1099511627776)", R"("memory":99223372036854775807)");
    refused(boot, "11111111-2222-3333-4444-55555555555");
    refused(boot, "../../../../etc/passwd-4444-55555555");
    refused("0.1.0", "0.1.0\\u001b[31m");
    refused("0.1.0", std::string(65, '1'));
    refused("52:54:00:12:34:56", "52:54:00:12:34:5");
    refused("52:54:00:12:34:56", "52:54:00:12:34:5G");
    refused("52:54:00:12:34:56", "52:54:00:AB:34:56");
    refused("52:54:00:12:34:56", "52:54:00:12:34:57");
    refused("eth0", "a-name-of-16-char");
    refused("eth0", "eth\\n0");
    refused(R"("mtu":1500)", R"("mtu":0)");
    refused(R"("mtu":1500)", R"("mtu":70000)");
    refused(R"("channels":1)", R"("channels":5)");
    refused(R"("channels":1)", R"("channels":0)");
    refused(R"("channels":1,)", "");
    refused(R"("mtu_max":9000)", R"("mtu_max":0)");
    refused(R"("mtu_max":9000)", R"("mtu_max":70000)");
    refused(R"("mtu_max":9000)", R"("mtu_max":"9000")");
    refused(R"("rx_ring":256)", R"("rx_ring":1025)");
    refused(R"("rx_ring":256)", R"("rx_ring":0)");
    refused(R"("rx_ring":256)", R"("rx_ring":-1)");
    refused(R"("rx_ring":256)", R"("rx_ring":null)");
    refused(R"("rx_ring":256,)", "");
    refused(R"("rx_ring_max":1024)", R"("rx_ring_max":1048577)");
    refused(R"("tx_ring":128)", R"("tx_ring":513)");
    refused(R"("tx_ring_max":512,)", "");
    refused(R"("rings_fixed":"no room")", R"("rings_fixed":7)");
    refused(R"("rings_fixed":"no room")", R"("rings_fixed":"no\u001b[31mroom")");
    refused("no room", std::string(longest_note + 1, 'x'));
    refused(R"("kept_name":"ens3")", R"("kept_name":3)");
    refused(R"("kept_name":"ens3")", R"("kept_name":"ens3\nName=x")");
    refused(R"("kept_name":"ens3")", R"("kept_name":"sixteen-letters-")");
    refused(R"("kernel":"6.1.0-28-amd64")", R"("kernel":6)");
    refused(R"("kernel":"6.1.0-28-amd64")", R"("kernel":"6\n")");
    refused(R"("ahci":false)", R"("ahci":0)");
    refused(R"("virtio_1":true)", R"("virtio_1":"yes")");
    refused(R"("net.core.rmem_max":"212992")", R"("net.core.rmem_max":212992)");
    refused(R"("net.core.rmem_max":"212992")", R"("net.core.rmem_max":"1\n2")");
    refused(R"("net.core.rmem_max":"212992")", R"("kernel.core_pattern":"x")");
    refused(R"("net.core.rmem_max":"212992")", R"("net.core.rmem_max":"1","net.core.rmem_max":"2")");
    refused(R"("sysctl_names":[)", R"("sysctl_names":["a b",)");
    refused(R"("nics":[)", R"("nics":[7,)");
}

TEST_CASE("an agent that is older says nothing of rings and largest MTUs, and one that is newer says more") {
    const std::string head = R"({"verb":"observe","id":"00c0ffee00c0ffee-7","boot_id":")" + boot +
                             R"(","agent":"0.1.0","cpus":1,"memory":1,"sysctl_names":[],"sysctls":{},"nics":[)";
    const auto nic_in = [&](const std::string &nic) {
        const auto reply = reply_from(head + nic + "]}");
        if (!reply) FAIL(reply.error().what);
        return std::get<View>(reply->answer).nics.at(0);
    };
    CHECK(nic_in(R"({"mac":"52:54:00:12:34:56","name":"eth0","mtu":1500})") ==
          Nic{"52:54:00:12:34:56", "eth0", {}, {}, 1500});
    CHECK(nic_in(R"({"mac":"52:54:00:12:34:56","name":"eth0","mtu":1500,"colour":[{"rx_ring":7}]})") ==
          Nic{"52:54:00:12:34:56", "eth0", {}, {}, 1500});
}

TEST_CASE("a reason that is too long or wild is tamed before it is sent") {
    View view = view_of_a_guest();
    view.nics.at(0).rings_fixed = "a\x1b[31m" + std::string(longest_note, 'x');
    const Reply reply = there_and_back(Reply{id, view});
    const std::string fixed = std::get<View>(reply.answer).nics.at(0).rings_fixed;
    CHECK(fixed.substr(0, 6) == "a?[31m");
    CHECK(fixed.size() == longest_note);
}

TEST_CASE("a view with more than the maxima is refused") {
    View view = view_of_a_guest();
    view.nics.clear();
    for (std::size_t i = 0; i < most_nics; ++i) {
        const std::string number = std::to_string(100 + i);
        view.nics.push_back(Nic{"52:54:00:12:3" + number.substr(0, 1) + ":" + number.substr(1), "eth", 1, 4, 1500});
    }
    for (std::size_t i = 0; view.held.size() < most_knobs; ++i)
        view.held["nic/52:54:00:12:34:" + std::to_string(100 + i) + "/channels"] = "1";
    CHECK(reply_from(line_of(view)).has_value());
    view.nics.push_back(Nic{"52:54:00:12:34:ff", "eth", 1, 4, 1500});
    CHECK(!reply_from(line_of(view)).has_value());
    view = view_of_a_guest();
    for (std::size_t i = 0; i <= most_sysctls; ++i) view.sysctl_names.insert("net.x" + std::to_string(i));
    CHECK(!reply_from(line_of(view)).has_value());
}

TEST_CASE("an outcome has one of three states") {
    const std::string head = R"({"id":"00c0ffee00c0ffee-7","verb":"outcomes","knobs":{"a":)";
    CHECK(reply_from(head + R"({"state":"done","value":"1"}}})").has_value());
    CHECK(!reply_from(head + R"({"state":"well","value":"1"}}})").has_value());
    CHECK(!reply_from(head + R"({"state":"done"}}})").has_value());
    CHECK(!reply_from(head + R"("done"}})").has_value());
}

}  // namespace replies_test
