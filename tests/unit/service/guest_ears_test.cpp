#include "daemon/service/guest_ears.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <vector>

#include "base/file.hpp"

namespace guest_ears_test {

using namespace kvmtune;
using namespace kvmtune::service;
using namespace std::chrono_literals;

namespace {

struct Pair {
    Fd host, guest;

    Pair() {
        int ends[2];
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
        host = Fd(ends[0]);
        guest = Fd(ends[1]);
    }
    void say() const { REQUIRE(write_all(guest.get(), "x")); }
};

struct Bench {
    std::unique_ptr<Loop> loop = *Loop::make();
    std::vector<std::string> heard;
    GuestEars ears;
    Pair first, second;

    explicit Bench(std::chrono::milliseconds pause)
        : ears(*loop, pause, 4 * pause, [this](const std::string &uuid) { heard.push_back(uuid); }) {}

    void listen() { ears.listen({{"first", first.host.get()}, {"second", second.host.get()}}); }
    void turn(std::chrono::milliseconds time) {
        const auto end = GuestEars::Clock::now() + time;
        while (GuestEars::Clock::now() < end) REQUIRE(loop->turn(1ms));
    }
    void turn_until_heard(std::size_t times) {
        const auto limit = GuestEars::Clock::now() + 30s;
        while (heard.size() < times && GuestEars::Clock::now() < limit) REQUIRE(loop->turn(1ms));
        CHECK(heard.size() == times);
    }
};

}  // namespace

TEST_CASE("who speaks is heard, once, though nobody takes away what was said") {
    Bench bench(1h);
    bench.listen();
    bench.first.say();
    bench.turn_until_heard(1);
    bench.turn(20ms);
    CHECK(bench.heard == std::vector<std::string>{"first"});
}

TEST_CASE("while somebody uses the lines nobody is heard") {
    Bench bench(1h);
    bench.listen();
    bench.ears.cover();
    bench.first.say();
    bench.turn(20ms);
    CHECK(bench.heard.empty());
    bench.listen();
    bench.turn_until_heard(1);
}

TEST_CASE("who does not stop is heard again after a pause, which grows, and holds up nobody else") {
    Bench bench(50ms);
    bench.first.say();
    const auto start = GuestEars::Clock::now();
    bench.listen();
    bench.turn_until_heard(1);
    bench.listen();
    bench.second.say();
    bench.turn_until_heard(2);
    CHECK(bench.heard.back() == "second");
    bench.turn_until_heard(3);
    CHECK(GuestEars::Clock::now() - start >= 50ms);
    bench.ears.cover();
    bench.ears.listen({{"first", bench.first.host.get()}});
    bench.turn_until_heard(4);
    CHECK(GuestEars::Clock::now() - start >= 150ms);
}

TEST_CASE("a line that ends is heard as well") {
    Bench bench(1h);
    bench.listen();
    bench.second.guest.reset();
    bench.turn_until_heard(1);
    CHECK(bench.heard == std::vector<std::string>{"second"});
}

}  // namespace guest_ears_test
