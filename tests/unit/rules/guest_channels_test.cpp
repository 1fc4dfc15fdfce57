#include <doctest/doctest.h>

#include "tests/unit/rules/situations.hpp"

namespace guest_channels_test {

using namespace kvmtune::plan;

namespace {

DomainSituation domain_with(const std::vector<GuestNic> &nics) {
    DomainSituation domain = tuned_domain();
    domain.running = true;
    domain.guest = guest_with({});
    domain.guest->nics = nics;
    return domain;
}

std::string channels_of(const DomainSituation &domain) {
    return value_of(rules::guest_channels(host_with({domain})), TargetKind::knob, "nic/52:54:00:12:34:56/channels");
}

}  // namespace

TEST_CASE("a guest activates all queues, at most one per CPU of it") {
    CHECK(channels_of(domain_with({{mac, "eth0", 1, 4, 1500}})) == "4");
    CHECK(channels_of(domain_with({{mac, "eth0", 1, 2, 1500}})) == "2");
    CHECK(channels_of(domain_with({{mac, "eth0", 1, 8, 1500}})) == "4");
}

TEST_CASE("changing channels may make the guest's link blink") {
    const Proposal proposal = rules::guest_channels(host_with({domain_with({{mac, "eth0", 1, 4, 1500}})}));
    REQUIRE(proposal.wishes.size() == 1);
    CHECK(proposal.wishes[0].disruption == Disruption::link);
    CHECK(proposal.wishes[0].target.owner == "uuid of web01");
}

TEST_CASE("a NIC with one queue or none that can be counted has nothing to activate") {
    CHECK(channels_of(domain_with({{mac, "eth0", 1, 1, 1500}})) == "no wish");
    CHECK(channels_of(domain_with({{mac, "eth0", std::nullopt, std::nullopt, 1500}})) == "no wish");
}

TEST_CASE("two NICs of one MAC address cannot be told apart") {
    CHECK(channels_of(domain_with({{mac, "eth0", 1, 4, 1500}, {mac, "bond0", 1, 2, 1500}})) == "no wish");
}

TEST_CASE("no channels without an agent, out of scope, or with profile none") {
    DomainSituation domain = domain_with({{mac, "eth0", 1, 4, 1500}});
    domain.policy->profile = Profile::none;
    CHECK(channels_of(domain) == "no wish");
    domain.policy.reset();
    CHECK(channels_of(domain) == "no wish");
    domain = tuned_domain();
    domain.running = true;
    CHECK(channels_of(domain) == "no wish");
}

}  // namespace guest_channels_test
