#include "guest-agent/lease.hpp"

#include <doctest/doctest.h>

#include "tests/unit/agent/fake_guest.hpp"

namespace lease_test {

using namespace kvmtune;
using namespace kvmtune::fakes;
using agent::Lease;
using protocol::Outcome;
using protocol::Outcomes;
using std::chrono::seconds;

namespace {

const std::string rmem = "sysctl/net.core.rmem_max";
const Lease::Clock::time_point start{seconds(1000)};

/// A guest whose host granted it something before its last boot.
struct GrantedGuest : FakeGuest {
    GrantedGuest() {
        (void)Agent(*this).tuner.put({{rmem, "425984"}});
        reboot(second_boot);
    }
};

}  // namespace

TEST_CASE("what was granted is put again once, when the port is there") {
    GrantedGuest guest;
    Agent agent(guest);
    Lease lease(agent.tuner, start);
    CHECK(!lease.is_held());
    CHECK(lease.begin());
    CHECK(lease.is_held());
    CHECK(!lease.begin());
}

TEST_CASE("without a port for as long as the limit, what was granted is forgotten") {
    GrantedGuest guest;
    Agent agent(guest);
    Lease lease(agent.tuner, start);
    CHECK(lease.without_port(start + Lease::limit - seconds(1)).empty());
    CHECK(agent.wanted.is_on_disk());
    CHECK(lease.without_port(start + Lease::limit) == Outcomes{{rmem, {Outcome::State::done, "212992", ""}}});
    CHECK(!agent.wanted.is_on_disk());
    CHECK(lease.without_port(start + 2 * Lease::limit).empty());
    CHECK(lease.begin());
}

TEST_CASE("a port that is lost later ends nothing: its driver may be loaded anew") {
    GrantedGuest guest;
    Agent agent(guest);
    Lease lease(agent.tuner, start);
    CHECK(lease.begin());
    (void)agent.tuner.put_again();
    CHECK(lease.without_port(start + 2 * Lease::limit).empty());
    CHECK(guest.value("net.core.rmem_max") == "425984");
    CHECK(lease.is_held());
}

}  // namespace lease_test
