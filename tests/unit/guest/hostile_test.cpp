// Guests that are silent, late, broken or evil. Each is a function that has one end of the channel to itself.
#include <doctest/doctest.h>
#include <sys/socket.h>

#include <functional>
#include <thread>

#include "daemon/guest/channel.hpp"
#include "guest-agent/protocol/codec.hpp"
#include "tests/unit/agent/fake_guest.hpp"

namespace hostile_test {

using namespace kvmtune;
using namespace kvmtune::fakes;
using guest::Channel;
using protocol::Id;
using protocol::Reply;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds soon{300};
constexpr milliseconds at_last{30000};

/// A guest that does what it likes with its end until the daemon hangs up.
class Guest {
  public:
    explicit Guest(std::function<void(const Fd &)> behaviour) : channel(std::move(sockets_.host)) {
        thread_ = std::thread([this, behaviour] {
            behaviour(sockets_.guest);
            protocol::Framer rest;
            while (next_frame(sockets_.guest, rest)) continue;
        });
    }
    ~Guest() {
        channel = Channel(Fd());
        thread_.join();
    }
    Guest(const Guest &) = delete;
    Guest &operator=(const Guest &) = delete;

  private:
    Sockets sockets_;

  public:
    Channel channel;

  private:
    std::thread thread_;
};

/// The id of the next request; one that nobody asked with at the end of file.
Id next_id(const Fd &fd, protocol::Framer &framer) {
    const auto frame = next_frame(fd, framer);
    const auto incoming = frame ? protocol::incoming_from(*frame) : failure(ErrorKind::failed, "the end");
    return incoming ? incoming->id : Id{"0000000000000000", 0};
}

std::string bytes_of(const Reply &reply) {
    return protocol::frame_of(reply).value();
}

/// A guest that answers the first request with these bytes, in which $id stands for the request's id.
std::function<void(const Fd &)> answers(const std::string &pattern) {
    return [pattern](const Fd &fd) {
        protocol::Framer framer;
        std::string bytes = pattern;
        const std::string id = protocol::text_of(next_id(fd, framer));
        for (auto at = bytes.find("$id"); at != std::string::npos; at = bytes.find("$id")) bytes.replace(at, 3, id);
        send_all(fd, bytes);
    };
}

/// What a channel that is in order has heard unasked.
std::optional<protocol::Hello> heard(Channel &channel) {
    auto greeting = channel.greeting();
    REQUIRE(greeting.has_value());
    return std::move(*greeting);
}

const std::string pong = R"({"id":"$id","verb":"ping"})"
                         "\n";

}  // namespace

TEST_CASE("a silent guest times out, and may answer the next time") {
    Guest guest([](const Fd &fd) {
        protocol::Framer framer;
        (void)next_id(fd, framer);
        send_all(fd, bytes_of(Reply{next_id(fd, framer), protocol::Pong{}}));
    });
    const auto first = guest.channel.ping(soon);
    REQUIRE(!first.has_value());
    CHECK(error_of(first) == Error{ErrorKind::timed_out, "the guest's agent: no answer in time"});
    CHECK(guest.channel.ping(at_last).has_value());
}

TEST_CASE("answers to earlier requests and sessions are dropped and counted") {
    Guest guest([](const Fd &fd) {
        protocol::Framer framer;
        const Id late = next_id(fd, framer);
        const Id asked = next_id(fd, framer);
        send_all(fd, bytes_of(Reply{Id{"00c0ffee00c0ffee", asked.sequence}, protocol::Pong{}}));
        send_all(fd, bytes_of(Reply{late, protocol::Pong{}}));
        send_all(fd, bytes_of(Reply{asked, protocol::Pong{}}));
    });
    CHECK(!guest.channel.ping(soon).has_value());
    CHECK(guest.channel.ping(at_last).has_value());
    CHECK(guest.channel.dropped().stale == 2);
}

TEST_CASE("the rest of a cut frame, wild bytes and frames that are too large are dropped and counted") {
    const std::string large(protocol::frame_limit + 10, 'x');
    const std::string deep(1000, '[');
    Guest guest(answers("rest of a frame\"}\n\n\xff\xfe\x01\n" + deep + "\n" + large + "\n{}\n" + pong));
    CHECK(guest.channel.ping(at_last).has_value());
    CHECK(guest.channel.dropped() == Channel::Dropped{0, 4, 1});
}

TEST_CASE("half an answer is no answer") {
    Guest guest(answers(pong.substr(0, pong.size() - 3)));
    const auto ping = guest.channel.ping(soon);
    REQUIRE(!ping.has_value());
    CHECK(error_of(ping).kind == ErrorKind::timed_out);
}

TEST_CASE("another answer than the one to the request is refused") {
    Guest guest(answers(pong));
    const auto facts = guest.channel.observe(at_last);
    REQUIRE(!facts.has_value());
    CHECK(error_of(facts).kind == ErrorKind::invalid);
}

TEST_CASE("outcomes for other knobs than those asked for are refused") {
    const std::string outcome = R"({"state":"done","value":"1"})";
    const std::string head = R"({"id":"$id","verb":"outcomes","knobs":{)";
    const auto refused = [&](const std::string &knobs) {
        Guest guest(answers(head + knobs + "}}\n"));
        const auto put = guest.channel.put({{"a", "1"}, {"b", "1"}}, at_last);
        REQUIRE(!put.has_value());
        CHECK(error_of(put).kind == ErrorKind::invalid);
    };
    refused("");
    refused(R"("a":)" + outcome);
    refused(R"("a":)" + outcome + R"(,"c":)" + outcome);
    refused(R"("a":)" + outcome + R"(,"b":)" + outcome + R"(,"c":)" + outcome);
}

TEST_CASE("the agent's own error reaches the caller as plain text, or not at all") {
    const std::string head = R"({"id":"$id","verb":"error","error":{"kind":"denied","what":")";
    const std::string end = "\"}}\n";
    Guest guest(answers(head + "\\u001b[31m" + end + head + "no" + end));
    CHECK(error_of(guest.channel.observe(at_last)) == Error{ErrorKind::denied, "the guest's agent: no"});
    CHECK(guest.channel.dropped().garbled == 1);
}

TEST_CASE("another version of the protocol is not spoken") {
    Guest guest(answers(R"({"id":"$id","verb":"hello","version":2,"agent":"9","boot_id":")" + std::string(first_boot) +
                        R"(","knobs":[]})"
                        "\n"));
    CHECK(error_of(guest.channel.hello(at_last)).kind == ErrorKind::unsupported);
}

TEST_CASE("a guest that sends and sends loses its channel") {
    const auto flooded_with = [](const std::string &bytes) {
        Guest guest([bytes](const Fd &fd) {
            for (std::size_t sent = 0; sent < 4 * Channel::most_bytes; sent += bytes.size()) send_all(fd, bytes);
        });
        const auto ping = guest.channel.ping(at_last);
        REQUIRE(!ping.has_value());
        CHECK(error_of(ping).kind == ErrorKind::failed);
        CHECK(guest.channel.fd() == -1);
        CHECK(error_of(guest.channel.ping(at_last)).what == "the guest's channel: not connected");
        return ping.error().what;
    };
    const std::string hello = bytes_of(Reply{std::nullopt, protocol::Hello{1, "0", first_boot, {}}});
    CHECK(flooded_with("x\n") == "the guest's channel: sends too many frames without an answer");
    CHECK(flooded_with(hello) == "the guest's channel: sends too many frames without an answer");
    CHECK(flooded_with(std::string(4096, 'x')) == "the guest's channel: sends too much without an answer");
    CHECK(flooded_with(std::string(4096, '\n')) == "the guest's channel: sends too much without an answer");
}

TEST_CASE("a flood between calls ends the channel too") {
    Sockets sockets;
    Channel channel(std::move(sockets.host));
    std::string flood;
    for (std::uint64_t i = 0; i <= Channel::most_frames; ++i) flood += "x\n";
    send_all(sockets.guest, flood);
    CHECK(error_of(channel.greeting()).what == "the guest's channel: sends too many frames without an answer");
    CHECK(error_of(channel.greeting()).what == "the guest's channel: not connected");
}

TEST_CASE("an answer makes room again for what is not asked for") {
    Sockets sockets;
    Channel channel(std::move(sockets.host));
    std::string noise;
    for (std::uint64_t i = 0; i < Channel::most_frames; ++i) noise += "x\n";
    send_all(sockets.guest, noise.substr(0, noise.size() - 4));
    REQUIRE(channel.greeting().has_value());
    std::thread agent([&] { answers(pong + "x\nx\nx\n")(sockets.guest); });
    CHECK(channel.ping(at_last).has_value());
    agent.join();
    CHECK(channel.greeting().has_value());
    CHECK(channel.dropped().garbled == Channel::most_frames - 2 + 3);
}

TEST_CASE("a guest that does not read times out") {
    Sockets sockets;
    const int small = 1;
    REQUIRE(setsockopt(sockets.host.get(), SOL_SOCKET, SO_SNDBUF, &small, sizeof(small)) == 0);
    Channel channel(std::move(sockets.host));
    std::map<std::string, std::string> knobs;
    for (int i = 0; i < 100; ++i) knobs["sysctl/" + std::to_string(i)] = std::string(200, '1');
    const auto put = channel.put(knobs, soon);
    REQUIRE(!put.has_value());
    CHECK(error_of(put).kind == ErrorKind::timed_out);
}

TEST_CASE("a guest that hangs up ends the channel") {
    Sockets sockets;
    Channel channel(std::move(sockets.host));
    sockets.guest.reset();
    CHECK(error_of(channel.ping(at_last)).kind == ErrorKind::failed);
    CHECK(channel.fd() == -1);
}

TEST_CASE("greetings are heard between calls and the last one counts") {
    Sockets sockets;
    Channel channel(std::move(sockets.host));
    CHECK(!heard(channel).has_value());
    const protocol::Hello old{1, "0.1.0", first_boot, {}};
    const protocol::Hello fresh{1, "0.2.0", second_boot, {"nic/mtu"}};
    send_all(sockets.guest, bytes_of(Reply{std::nullopt, old}) + bytes_of(Reply{std::nullopt, fresh}) + "{\"verb\":");
    CHECK(heard(channel) == fresh);
    CHECK(!heard(channel).has_value());
}

TEST_CASE("a greeting that came with an answer is heard after it") {
    const protocol::Hello hello{1, "0.1.0", second_boot, {}};
    Guest guest(answers(pong + bytes_of(Reply{std::nullopt, hello})));
    CHECK(guest.channel.ping(at_last).has_value());
    CHECK(heard(guest.channel) == hello);
}

TEST_CASE("an agent that greets while it is asked is asked again") {
    Guest guest([](const Fd &fd) {
        protocol::Framer framer;
        const Id lost = next_id(fd, framer);
        send_all(fd, "\n" + bytes_of(Reply{std::nullopt, protocol::Hello{1, "0", first_boot, {}}}));
        const Id again = next_id(fd, framer);
        if (again == lost) send_all(fd, bytes_of(Reply{again, protocol::Pong{}}));
    });
    CHECK(guest.channel.ping(at_last).has_value());
    CHECK(heard(guest.channel).has_value());
}

}  // namespace hostile_test
