#include <doctest/doctest.h>

#include "tests/unit/rules/situations.hpp"

namespace guest_rings_test {

using namespace kvmtune::plan;

namespace {

GuestNic nic_with(unsigned rx, unsigned rx_max, unsigned tx, unsigned tx_max) {
    GuestNic nic{mac, "eth0", 1, 1, 1500};
    nic.rx_ring = rx;
    nic.rx_ring_max = rx_max;
    nic.tx_ring = tx;
    nic.tx_ring_max = tx_max;
    return nic;
}

DomainSituation domain_with(const std::vector<GuestNic> &nics) {
    DomainSituation domain = tuned_domain();
    domain.running = true;
    domain.guest = guest_with({});
    domain.guest->nics = nics;
    return domain;
}

Proposal rings_of(const DomainSituation &domain) {
    return rules::guest_rings(host_with({domain}));
}

std::string ring(const Proposal &proposal, const std::string &name) {
    return value_of(proposal, TargetKind::knob, "nic/52:54:00:12:34:56/rings/" + name);
}

}  // namespace

TEST_CASE("rings are raised as far as the device takes it, and to 1024 at most") {
    Proposal proposal = rings_of(domain_with({nic_with(256, 512, 128, 256)}));
    CHECK(ring(proposal, "rx") == "512");
    CHECK(ring(proposal, "tx") == "256");
    proposal = rings_of(domain_with({nic_with(256, 4096, 256, 4096)}));
    CHECK(ring(proposal, "rx") == "1024");
    CHECK(ring(proposal, "tx") == "1024");
    CHECK(proposal.wishes.at(0).disruption == Disruption::link);
    CHECK(proposal.wishes.at(0).unit == "the rings of web01's NIC 52:54:00:12:34:56");
    CHECK(proposal.wishes.at(0).because.find("test.toml:7") != std::string::npos);
}

TEST_CASE("the policy's size is the wanted one, and no ring is made smaller") {
    DomainSituation domain = domain_with({nic_with(256, 4096, 1024, 4096)});
    domain.policy->rx_queue_size = 512;
    const Proposal proposal = rings_of(domain);
    CHECK(ring(proposal, "rx") == "512");
    CHECK(ring(proposal, "tx") == "no wish");
}

TEST_CASE("a guest with little memory gets the ring that its definition gets") {
    DomainSituation domain = domain_with({nic_with(256, 4096, 256, 256)});
    domain.facts.memory = gib / 8;
    CHECK(ring(rings_of(domain), "rx") == "512");
    domain.facts.memory = gib / 16;
    CHECK(ring(rings_of(domain), "rx") == "no wish");
}

TEST_CASE("rings that are as large as they can be are nothing to speak of") {
    GuestNic nic = nic_with(256, 256, 256, 256);
    CHECK(rings_of(domain_with({nic})) == Proposal{});
    nic.rings_fixed = "its device lacks VIRTIO_F_RING_RESET";
    CHECK(rings_of(domain_with({nic})) == Proposal{});
}

TEST_CASE("rings that cannot be resized are a finding and no wish, so that nothing stays open") {
    GuestNic nic = nic_with(256, 1024, 128, 256);
    nic.rings_fixed = "its kernel refused";
    const Proposal proposal = rings_of(domain_with({nic}));
    CHECK(proposal.wishes.empty());
    REQUIRE(proposal.findings.size() == 1);
    CHECK(proposal.findings[0].about == "web01");
    CHECK(proposal.findings[0].what ==
          "the rings of its guest's NIC 52:54:00:12:34:56 stay as they are: its kernel refused");
}

TEST_CASE("an agent that knows nothing of rings is not asked for any") {
    CHECK(rings_of(domain_with({GuestNic{mac, "eth0", 1, 1, 1500}})) == Proposal{});
}

TEST_CASE("no rings without an agent, of two NICs with one address, out of scope, or with profile none") {
    DomainSituation domain = domain_with({nic_with(256, 1024, 256, 256), nic_with(256, 1024, 256, 256)});
    CHECK(rings_of(domain) == Proposal{});
    domain = domain_with({nic_with(256, 1024, 256, 256)});
    domain.policy->profile = Profile::none;
    CHECK(rings_of(domain) == Proposal{});
    domain.policy->named = {"rx_queue_size"};
    CHECK(ring(rings_of(domain), "rx") == "1024");
    domain.policy.reset();
    CHECK(rings_of(domain) == Proposal{});
    domain = tuned_domain();
    domain.running = true;
    CHECK(rings_of(domain) == Proposal{});
}

}  // namespace guest_rings_test
