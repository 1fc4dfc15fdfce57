#include "guest-agent/service.hpp"

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstring>
#include <thread>

#include "guest-agent/protocol/codec.hpp"
#include "tests/unit/agent/fake_guest.hpp"

namespace service_test {

using namespace kvmtune;
using namespace kvmtune::fakes;
using protocol::Call;
using protocol::Hello;
using protocol::Id;
using protocol::Reply;
using Clock = agent::Readiness::Clock;

namespace {

constexpr int patience = 30000;

Reply next_reply(const Fd &host, protocol::Framer &framer) {
    const auto frame = next_frame(host, framer);
    REQUIRE(frame.has_value());
    const auto reply = protocol::reply_from(*frame);
    if (!reply) FAIL(reply.error().what);
    return *reply;
}

/// A service manager's end of a notification socket.
struct Manager {
    explicit Manager(const std::string &folder) : path(folder + "/notify"), fd(socket(AF_UNIX, SOCK_DGRAM, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        REQUIRE(path.size() < sizeof(address.sun_path));
        std::memcpy(address.sun_path, path.data(), path.size());
        const void *bytes = &address;
        REQUIRE(bind(fd.get(), static_cast<const sockaddr *>(bytes), sizeof(address)) == 0);
    }

    /// What was said, waiting at most this long; empty if nothing was.
    [[nodiscard]] std::string heard(int timeout) const {
        pollfd entry{fd.get(), POLLIN, 0};
        if (poll(&entry, 1, timeout) <= 0) return "";
        std::array<char, 64> buffer{};
        const ssize_t count = recv(fd.get(), buffer.data(), buffer.size(), 0);
        return std::string(buffer.data(), static_cast<std::size_t>(count));
    }

    std::string path;
    Fd fd;
};

}  // namespace

TEST_CASE("it greets, answers and stops") {
    FakeGuest guest;
    Sockets sockets;
    protocol::Framer framer;
    const RunningAgent agent(guest, std::move(sockets.guest));
    const Reply greeting = next_reply(sockets.host, framer);
    CHECK(!greeting.id.has_value());
    CHECK(std::get<Hello>(greeting.answer).boot_id == first_boot);
    const Id id{"00c0ffee00c0ffee", 1};
    send_all(sockets.host, "rest of a cut frame\n\n" + protocol::frame_of(Call{id, protocol::Ping{}}).value());
    CHECK(next_reply(sockets.host, framer) == Reply{id, protocol::Pong{}});
}

TEST_CASE("frames that come at once are answered in their order, those that are too large are left out") {
    FakeGuest guest;
    Sockets sockets;
    protocol::Framer framer;
    const RunningAgent agent(guest, std::move(sockets.guest));
    (void)next_reply(sockets.host, framer);
    std::string bytes;
    for (std::uint64_t i = 0; i < 50; ++i) {
        bytes += protocol::frame_of(Call{Id{"00c0ffee00c0ffee", i}, protocol::Ping{}}).value();
        if (i == 20) bytes += std::string(protocol::frame_limit + 100, '[') + "\n";
    }
    send_all(sockets.host, bytes);
    for (std::uint64_t i = 0; i < 50; ++i) CHECK(next_reply(sockets.host, framer).id->sequence == i);
}

TEST_CASE("readiness is announced once, at the limit or before") {
    const FakeGuest guest;
    const Manager manager(guest.folder());
    agent::Readiness waiting(manager.path, Clock::time_point::max());
    waiting.tick();
    CHECK(manager.heard(0).empty());
    waiting.announce();
    waiting.announce();
    CHECK(manager.heard(patience) == "READY=1");
    CHECK(manager.heard(0).empty());
    agent::Readiness late(manager.path, Clock::now());
    late.tick();
    late.tick();
    CHECK(manager.heard(patience) == "READY=1");
    CHECK(manager.heard(0).empty());
}

TEST_CASE("a wait is no longer than the limit of readiness") {
    using std::chrono::milliseconds;
    agent::Readiness readiness("", Clock::now());
    CHECK(readiness.cap(milliseconds(-1)) == milliseconds(0));
    CHECK(readiness.cap(milliseconds(500)) == milliseconds(0));
    readiness.announce();
    CHECK(readiness.cap(milliseconds(-1)) == milliseconds(-1));
    CHECK(readiness.cap(milliseconds(500)) == milliseconds(500));
}

TEST_CASE("a port at its end is left for stop, and a lost one is reported") {
    FakeGuest guest;
    Agent parts(guest);
    Sockets sockets;
    const Fd stop(eventfd(1, EFD_CLOEXEC));
    agent::Readiness nobody_waits("", Clock::time_point::min());
    auto port = agent::Port::over(std::move(sockets.guest));
    REQUIRE(port.has_value());
    sockets.host.reset();
    CHECK(agent::serve(*port, parts.session, agent::Bells{stop.get()}, nobody_waits) == agent::End::stopped);
}

TEST_CASE("a NIC that is plugged in again is tuned while the port is served, without a word from the host") {
    FakeGuest guest;
    Agent parts(guest);
    const std::string mtu = std::string("nic/") + nic_mac + "/mtu";
    REQUIRE(parts.tuner.put({{mtu, "9000"}}).at(mtu).state == protocol::Outcome::State::done);
    guest.links.at("eth0").link.index = 9;
    guest.links.at("eth0").link.mtu = 1500;
    Sockets port_ends;
    Sockets news_ends;
    LinkNews news(std::move(news_ends.guest));
    const Fd stop(eventfd(0, EFD_CLOEXEC));
    agent::Readiness nobody_waits("", Clock::time_point::min());
    auto port = agent::Port::over(std::move(port_ends.guest));
    REQUIRE(port.has_value());
    std::thread serving([&] {
        (void)agent::serve(*port, parts.session, agent::Bells{stop.get(), &news}, nobody_waits);
    });
    protocol::Framer framer;
    (void)next_reply(port_ends.host, framer);
    send_all(news_ends.host, "a message of the kernel");
    const auto mtu_now = [&] {
        const Id id{"00c0ffee00c0ffee", 1};
        send_all(port_ends.host, protocol::frame_of(Call{id, protocol::Observe{}}).value());
        return std::get<protocol::View>(next_reply(port_ends.host, framer).answer).nics.at(0).mtu;
    };
    // The first answer may come of the same wait as the news; the second comes after it.
    (void)mtu_now();
    CHECK(mtu_now() == 9000);
    REQUIRE(eventfd_write(stop.get(), 1) == 0);
    serving.join();
}

}  // namespace service_test
