// Both ends outlive each other: the daemon, the agent and the guest may start anew at any time.
#include <doctest/doctest.h>
#include <unistd.h>

#include <thread>

#include "daemon/guest/channel.hpp"
#include "tests/unit/agent/fake_guest.hpp"

namespace restart_test {

using namespace kvmtune;
using namespace kvmtune::fakes;
using guest::Channel;
using protocol::Outcome;
using protocol::Outcomes;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds at_last{30000};
const std::string rmem = "sysctl/net.core.rmem_max";
const std::map<std::string, std::string> tuned{{rmem, "425984"}};

Outcomes done(const std::string &value) {
    return {{rmem, {Outcome::State::done, value, ""}}};
}

/// QEMU's part: the socket pair stays while the agent comes and goes on copies of the guest's end.
struct Machine {
    FakeGuest guest;
    Sockets sockets;
    Channel channel{std::move(sockets.host)};

    [[nodiscard]] Fd port() const { return Fd(dup(sockets.guest.get())); }
};

}  // namespace

TEST_CASE("an agent that starts anew knows the originals and holds what was put") {
    Machine machine;
    {
        const RunningAgent agent(machine.guest, machine.port());
        CHECK(machine.channel.put(tuned, at_last) == done("425984"));
    }
    machine.guest.set("net.core.rmem_max", "212992");
    const RunningAgent agent(machine.guest, machine.port());
    CHECK(machine.channel.hello(at_last)->boot_id == first_boot);
    CHECK(machine.guest.value("net.core.rmem_max") == "425984");
    CHECK(machine.channel.revert_all(at_last) == done("212992"));
}

TEST_CASE("a request to an agent that is gone is answered by the next one") {
    Machine machine;
    { const RunningAgent agent(machine.guest, machine.port()); }
    bool answered = false;
    std::thread daemon([&] { answered = machine.channel.ping(at_last).has_value(); });
    {
        const RunningAgent agent(machine.guest, machine.port());
        daemon.join();
    }
    CHECK(answered);
}

TEST_CASE("a guest that starts anew greets with another boot and holds what was put on new originals") {
    Machine machine;
    {
        const RunningAgent agent(machine.guest, machine.port());
        CHECK(machine.channel.put(tuned, at_last) == done("425984"));
    }
    (void)machine.channel.greeting();
    machine.guest.reboot(second_boot);
    machine.guest.set("net.core.rmem_max", "262144");
    const RunningAgent agent(machine.guest, machine.port());
    CHECK(machine.channel.observe(at_last)->boot_id == second_boot);
    CHECK(machine.channel.greeting().value()->boot_id == second_boot);
    CHECK(machine.channel.revert({rmem}, at_last) == done("262144"));
}

TEST_CASE("a daemon that starts anew finds what its former self put") {
    FakeGuest guest;
    Sockets sockets;
    const RunningAgent agent(guest, std::move(sockets.guest));
    {
        Channel former(Fd(dup(sockets.host.get())));
        CHECK(former.put(tuned, at_last) == done("425984"));
        send_all(sockets.host, "{\"id\":\"00c0ffee00c0ffee-1\",\"verb\":\"pi");
    }
    Channel channel(std::move(sockets.host));
    CHECK(channel.observe(at_last)->sysctls.at("net.core.rmem_max") == "425984");
    CHECK(channel.revert_all(at_last) == done("212992"));
}

TEST_CASE("what somebody in the guest has set is reported and left to them") {
    Machine machine;
    const RunningAgent agent(machine.guest, machine.port());
    CHECK(machine.channel.put(tuned, at_last) == done("425984"));
    machine.guest.set("net.core.rmem_max", "333333");
    const Outcomes yielded{{rmem, {Outcome::State::yielded, "333333", "set by somebody in the guest"}}};
    CHECK(machine.channel.revert({rmem}, at_last) == yielded);
    CHECK(machine.guest.value("net.core.rmem_max") == "333333");
}

}  // namespace restart_test
