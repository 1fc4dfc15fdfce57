#include "guest-agent/port.hpp"

#include <doctest/doctest.h>
#include <sys/eventfd.h>

#include <filesystem>

#include "tests/unit/agent/fake_guest.hpp"

namespace port_test {

using namespace kvmtune;
using namespace kvmtune::agent;
using fakes::error_of;
using fakes::FakeGuest;
using fakes::Sockets;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds soon{300};
constexpr milliseconds at_last{30000};

struct World {
    Sockets sockets;
    Fd stop{eventfd(0, EFD_CLOEXEC)};
    Port port = [this] {
        auto opened = Port::over(std::move(sockets.guest));
        REQUIRE(opened.has_value());
        return std::move(*opened);
    }();
};

}  // namespace

TEST_CASE("the port is found by udev's link, and without udev by its name in sysfs") {
    const FakeGuest guest;
    const Root root = guest.root();
    REQUIRE(!port_path(root).has_value());
    CHECK(error_of(port_path(root)).kind == ErrorKind::not_found);
    guest.write("sys/class/virtio-ports/vport0p1/name", "org.qemu.guest_agent.0\n");
    CHECK(error_of(port_path(root)) == Error{ErrorKind::not_found, "no port org.kvmtune.agent.0"});
    guest.write("sys/class/virtio-ports/vport0p2/name", "org.kvmtune.agent.0\n");
    CHECK(port_path(root) == guest.folder() + "/dev/vport0p2");
    guest.write("dev/virtio-ports/org.kvmtune.agent.0", "");
    CHECK(port_path(root) == guest.folder() + "/dev/virtio-ports/org.kvmtune.agent.0");
}

TEST_CASE("a port that is not there cannot be opened") {
    const auto port = Port::open("/nonexistent/port");
    REQUIRE(!port.has_value());
    CHECK(error_of(port).kind == ErrorKind::not_found);
}

TEST_CASE("a port gives what is there, silence, or the absence of a host") {
    World world;
    CHECK(world.port.read().state == Port::State::nothing);
    fakes::send_all(world.sockets.host, "bytes");
    const Port::Input input = world.port.read();
    CHECK(input.state == Port::State::bytes);
    CHECK(input.bytes == "bytes");
    world.sockets.host.reset();
    CHECK(world.port.read().state == Port::State::no_host);
}

TEST_CASE("a wait ends with a change, with the time, or with stop") {
    World world;
    fakes::send_all(world.sockets.host, "bytes");
    CHECK(world.port.wait({world.stop.get()}, at_last) == Wake::stirred);
    CHECK(world.port.read().state == Port::State::bytes);
    CHECK(world.port.wait({world.stop.get()}, soon) == Wake::timed_out);
    REQUIRE(eventfd_write(world.stop.get(), 1) == 0);
    CHECK(world.port.wait({world.stop.get()}, at_last) == Wake::stopped);
    CHECK(wait_for({world.stop.get()}, at_last) == Wake::stopped);
}

TEST_CASE("news of links ends a wait once, at a port and without one") {
    World world;
    Sockets ends;
    LinkNews news(std::move(ends.guest));
    const Bells bells{world.stop.get(), &news};
    (void)world.port.wait(bells, at_last);
    CHECK(world.port.wait(bells, soon) == Wake::timed_out);
    fakes::send_all(ends.host, "one");
    fakes::send_all(ends.host, "another");
    CHECK(world.port.wait(bells, at_last) == Wake::links_changed);
    CHECK(world.port.wait(bells, soon) == Wake::timed_out);
    fakes::send_all(ends.host, "one more");
    CHECK(wait_for(bells, at_last) == Wake::links_changed);
    CHECK(wait_for(bells, soon) == Wake::timed_out);
    fakes::send_all(ends.host, "and one");
    REQUIRE(eventfd_write(world.stop.get(), 1) == 0);
    CHECK(wait_for(bells, at_last) == Wake::stopped);
}

TEST_CASE("an absent host wakes once and does not make it spin") {
    World world;
    world.sockets.host.reset();
    CHECK(world.port.wait({world.stop.get()}, at_last) == Wake::stirred);
    CHECK(world.port.read().state == Port::State::no_host);
    CHECK(world.port.wait({world.stop.get()}, soon) == Wake::timed_out);
}

TEST_CASE("a host that does not read loses the port") {
    World world;
    CHECK(world.port.write("reply\n", soon) == Port::State::bytes);
    CHECK(world.port.write(std::string(8u << 20, 'x'), soon) == Port::State::lost);
}

}  // namespace port_test
