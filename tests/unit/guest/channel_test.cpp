#include "daemon/guest/channel.hpp"

#include <doctest/doctest.h>

#include "tests/fakes/listener.hpp"
#include "tests/unit/agent/fake_guest.hpp"

namespace channel_test {

using namespace kvmtune;
using namespace kvmtune::fakes;
using guest::Channel;
using protocol::Outcome;
using protocol::Outcomes;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds soon{300};
constexpr milliseconds at_last{30000};
const std::string rmem = "sysctl/net.core.rmem_max";
const std::string mtu = std::string("nic/") + nic_mac + "/mtu";

struct World {
    FakeGuest guest;
    Sockets sockets;
    RunningAgent agent{guest, std::move(sockets.guest)};
    Channel channel{std::move(sockets.host)};
};

}  // namespace

TEST_CASE("the daemon asks and the agent answers") {
    World world;
    const auto hello = world.channel.hello(at_last);
    REQUIRE(hello.has_value());
    CHECK(hello->boot_id == first_boot);
    CHECK(world.channel.ping(at_last).has_value());
    const auto facts = world.channel.observe(at_last);
    REQUIRE(facts.has_value());
    CHECK(facts->cpus == 4);
    CHECK(facts->nics == std::vector<plan::GuestNic>{{nic_mac, "eth0", 1, 4, 1500}});
    const auto put = world.channel.put({{rmem, "425984"}, {mtu, "100"}}, at_last);
    REQUIRE(put.has_value());
    CHECK(*put == Outcomes{{rmem, {Outcome::State::done, "425984", ""}},
                           {mtu, {Outcome::State::failed, "", "less than 1280"}}});
    CHECK(world.guest.value("net.core.rmem_max") == "425984");
    CHECK(world.channel.revert({rmem}, at_last) == Outcomes{{rmem, {Outcome::State::done, "212992", ""}}});
    CHECK(world.channel.revert_all(at_last) == Outcomes{});
    CHECK(world.channel.dropped().garbled == 0);
    CHECK(world.channel.dropped().oversized == 0);
}

TEST_CASE("a knob with a wild name does not leave the daemon's end in doubt") {
    World world;
    const auto put = world.channel.put({{"a\nb", "1"}}, at_last);
    REQUIRE(!put.has_value());
    CHECK(error_of(put).kind == ErrorKind::invalid);
    CHECK(world.channel.ping(at_last).has_value());
}

TEST_CASE("a request that does not fit is not sent") {
    World world;
    std::map<std::string, std::string> knobs;
    for (int i = 0; i < 2000; ++i) knobs["sysctl/" + std::to_string(i)] = std::string(200, '1');
    const auto put = world.channel.put(knobs, at_last);
    REQUIRE(!put.has_value());
    CHECK(error_of(put).kind == ErrorKind::invalid);
    CHECK(world.channel.ping(at_last).has_value());
}

TEST_CASE("a socket is connected to by its path") {
    const FakeGuest guest;
    const TemporaryTree tree;
    const Listener listener(tree, "socket", 0);
    const auto channel = Channel::connect(listener.path(), at_last);
    REQUIRE(channel.has_value());
    CHECK(channel->fd() >= 0);
}

TEST_CASE("where another client is connected, the deadline ends the wait") {
    const FakeGuest guest;
    const TemporaryTree tree;
    const Listener listener(tree, "socket", 0);
    std::vector<Channel> others;
    while (others.size() < 10) {
        auto channel = Channel::connect(listener.path(), soon);
        if (!channel) {
            CHECK(error_of(channel).kind == ErrorKind::timed_out);
            break;
        }
        others.push_back(std::move(*channel));
    }
    CHECK(others.size() < 10);
}

TEST_CASE("a socket that is not there is not found, and a path can be too long") {
    CHECK(error_of(Channel::connect("/nonexistent/socket", at_last)).kind == ErrorKind::not_found);
    CHECK(error_of(Channel::connect("/" + std::string(200, 'x'), at_last)).kind == ErrorKind::invalid);
}

}  // namespace channel_test
