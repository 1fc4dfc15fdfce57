#include <doctest/doctest.h>

#include "tests/unit/rules/situations.hpp"

namespace nics_test {

using namespace kvmtune::plan;

namespace {

constexpr const char *driver = "interface/52:54:00:12:34:56/driver/name";
constexpr const char *queues = "interface/52:54:00:12:34:56/driver/queues";
constexpr const char *ring = "interface/52:54:00:12:34:56/driver/rx_queue_size";

Proposal proposal_for(const DomainSituation &domain) {
    return rules::nics(host_with({domain}));
}

}  // namespace

TEST_CASE("a virtio NIC gets vhost and a queue per vCPU at the next start, after the module") {
    const Proposal proposal = proposal_for(tuned_domain());
    REQUIRE(find(proposal, TargetKind::element, driver) != nullptr);
    const Wish &vhost = *find(proposal, TargetKind::element, driver);
    CHECK(vhost.value == "vhost");
    CHECK(vhost.disruption == Disruption::next_boot);
    CHECK(vhost.requires_first == std::vector<Target>{{TargetKind::module, "", "vhost_net"}});
    CHECK(value_of(proposal, TargetKind::element, queues) == "4");
    CHECK(find(proposal, TargetKind::element, queues)->because ==
          "queues: 4 for 4 vCPUs, at most 8; a node of this host spares 2 CPUs for vhost, two queues each; "
          "10 MSI-X vectors (test.toml:7)");
}

TEST_CASE("one vCPU needs no queues attribute") {
    DomainSituation domain = tuned_domain();
    domain.facts.vcpus = 1;
    const Proposal proposal = proposal_for(domain);
    CHECK(find(proposal, TargetKind::element, driver) != nullptr);
    CHECK(find(proposal, TargetKind::element, queues) == nullptr);
}

TEST_CASE("the policy's number of queues replaces what the user wrote") {
    DomainSituation domain = tuned_domain();
    domain.facts.nics[0].queues = 2;
    CHECK(find(proposal_for(domain), TargetKind::element, queues) == nullptr);
    REQUIRE(proposal_for(domain).findings.size() == 1);
    CHECK(proposal_for(domain).findings[0].what ==
          "interface 52:54:00:12:34:56 keeps queues='2': the user wrote it, and the policy section names no queues");
    domain.policy->queues = 6;
    domain.policy->named = {"queues"};
    CHECK(value_of(proposal_for(domain), TargetKind::element, queues) == "6");
    domain.policy->queues = 1;
    CHECK(value_of(proposal_for(domain), TargetKind::element, queues) == "1");
}

TEST_CASE("ten NICs share the queues of a guest, and those that stay at one are a finding with the reason") {
    DomainSituation domain = tuned_domain();
    domain.facts.vcpus = 3;
    domain.facts.nics.push_back(virtio_nic("52:54:00:00:00:02"));
    domain.facts.nics.push_back(virtio_nic("52:54:00:00:00:03"));
    CHECK(find(proposal_for(domain), TargetKind::element, queues) == nullptr);
    domain.facts.vcpus = 4;
    const Proposal proposal = proposal_for(domain);
    CHECK(value_of(proposal, TargetKind::element, queues) == "2");
    REQUIRE(proposal.findings.size() == 1);
    CHECK(proposal.findings[0].about == "web01");
    CHECK(proposal.findings[0].what ==
          "interface 52:54:00:00:00:02, 52:54:00:00:00:03 has one queue: 4 vCPUs over 3 NICs, at most 8 each; a "
          "node of this host spares 2 CPUs for vhost, two queues each; queues of the section or of the definition's "
          "<driver> come before that");
}

TEST_CASE("the user's queues are a finding only where they are not what the section would give") {
    DomainSituation domain = tuned_domain();
    domain.facts.nics.push_back(virtio_nic("52:54:00:00:00:02"));
    domain.facts.nics[0].queues = domain.facts.nics[1].queues = 2;
    CHECK(proposal_for(domain).findings.empty());
    domain.facts.nics[1].queues = 4;
    CHECK(proposal_for(domain).findings.size() == 1);
}

TEST_CASE("other guests, running or not, change nothing of a guest's queues and rings") {
    std::vector<DomainSituation> guests = {tuned_domain()};
    const Proposal alone = rules::nics(host_with(guests));
    for (unsigned guest = 0; guest < 20; ++guest) {
        guests.push_back(domain_named("other" + std::to_string(guest)));
        guests.back().running = guest % 2 == 0;
    }
    CHECK(rules::nics(host_with(guests)) == alone);
}

TEST_CASE("a ring that a small guest has no memory for stays small, with the reason") {
    DomainSituation domain = tuned_domain();
    domain.facts.memory = gib / 8;
    CHECK(
        find(proposal_for(domain), TargetKind::element, ring)->because ==
        "rings: room for bursts on their way in; 512 entries in 4 queues hold up to 8 MiB, a sixteenth of the guest's "
        "128 MiB is 8 MiB (test.toml:7)");
    domain.facts.memory = gib / 16;
    CHECK(find(proposal_for(domain), TargetKind::element, ring) == nullptr);
    REQUIRE(proposal_for(domain).findings.size() == 1);
    CHECK(proposal_for(domain).findings[0].what ==
          "interface 52:54:00:12:34:56 has a receive ring of 256: 512 entries in 4 queues hold up to 8 MiB, a "
          "sixteenth of the guest's 64 MiB is 4 MiB; rx_queue_size of the section comes before that");
}

TEST_CASE("a NIC left alone is a finding about its domain") {
    DomainSituation domain = tuned_domain();
    domain.facts.nics[0].model = "e1000";
    const Proposal proposal = proposal_for(domain);
    CHECK(proposal.wishes.empty());
    REQUIRE(proposal.findings.size() == 1);
    CHECK(proposal.findings[0].about == "web01");
    CHECK(proposal.findings[0].what == "interface 52:54:00:12:34:56 is left alone: its model is e1000, not virtio");
}

TEST_CASE("a domain without KVM gets queues and no vhost") {
    DomainSituation domain = tuned_domain();
    domain.facts.type = "qemu";
    const Proposal proposal = proposal_for(domain);
    CHECK(find(proposal, TargetKind::element, driver) == nullptr);
    CHECK(value_of(proposal, TargetKind::element, queues) == "4");
}

TEST_CASE("vhost is not written where the module is missing: the domain would not start") {
    Situation situation = host_with({tuned_domain()});
    situation.host.loadable.clear();
    CHECK(find(rules::nics(situation), TargetKind::element, driver) == nullptr);
}

TEST_CASE("vhost that the next boot may lack is a start dependency") {
    Situation situation = host_with({tuned_domain()});
    situation.policy.host.persist = false;
    CHECK(find(rules::nics(situation), TargetKind::element, driver)->disruption == Disruption::start_dependency);
}

TEST_CASE("a module that is there without us is not required of us") {
    Situation situation = host_with({tuned_domain()});
    situation.policy.host.profile = Profile::none;
    situation.host.modules = {"vhost_net"};
    CHECK(find(rules::nics(situation), TargetKind::element, driver)->requires_first.empty());
}

TEST_CASE("what the user wrote as we would is not wished for") {
    DomainSituation domain = tuned_domain();
    domain.facts.nics[0].driver = "vhost";
    CHECK(find(proposal_for(domain), TargetKind::element, driver) == nullptr);
    CHECK(value_of(proposal_for(domain), TargetKind::element, queues) == "4");
}

TEST_CASE("profile none wishes for queues only where the section names them, and never for vhost") {
    DomainSituation domain = tuned_domain();
    domain.policy->profile = Profile::none;
    CHECK(proposal_for(domain) == Proposal{});
    domain.policy->named = {"queues"};
    domain.policy->queues = 2;
    const Proposal proposal = proposal_for(domain);
    CHECK(proposal.wishes.size() == 1);
    CHECK(value_of(proposal, TargetKind::element, queues) == "2");
}

TEST_CASE("a NIC whose queues stay gets vhost and the ring all the same") {
    DomainSituation domain = tuned_domain();
    domain.facts.nics[0].queues = 2;
    CHECK(value_of(proposal_for(domain), TargetKind::element, driver) == "vhost");
    CHECK(value_of(proposal_for(domain), TargetKind::element, ring) == "1024");
    domain.facts.nics[0].queues = 4;
    CHECK(proposal_for(domain).findings.empty());
}

TEST_CASE("the receive ring takes bursts from the next start on") {
    DomainSituation domain = tuned_domain();
    const Proposal proposal = proposal_for(domain);
    REQUIRE(find(proposal, TargetKind::element, ring) != nullptr);
    CHECK(find(proposal, TargetKind::element, ring)->value == "1024");
    CHECK(find(proposal, TargetKind::element, ring)->disruption == Disruption::next_boot);
    domain.policy->rx_queue_size = 512;
    CHECK(value_of(proposal_for(domain), TargetKind::element, ring) == "512");
    domain.policy->rx_queue_size = 256;
    CHECK(value_of(proposal_for(domain), TargetKind::element, ring) == "no wish");
}

TEST_CASE("the user's ring stays unless the section names rx_queue_size") {
    DomainSituation domain = tuned_domain();
    domain.facts.nics[0].rx_queue_size = 512;
    CHECK(value_of(proposal_for(domain), TargetKind::element, ring) == "no wish");
    REQUIRE(proposal_for(domain).findings.size() == 1);
    CHECK(proposal_for(domain).findings[0].what.find("keeps rx_queue_size='512'") != std::string::npos);
    domain.policy->named = {"rx_queue_size"};
    CHECK(value_of(proposal_for(domain), TargetKind::element, ring) == "1024");
    domain.policy->rx_queue_size = 256;
    CHECK(value_of(proposal_for(domain), TargetKind::element, ring) == "256");
}

TEST_CASE("the sending ring is never touched: QEMU 10 does not start with a larger one on a tap device") {
    for (const Wish &wish : proposal_for(tuned_domain()).wishes)
        CHECK(wish.target.name.find("tx_queue_size") == std::string::npos);
}

TEST_CASE("a NIC on a network of host devices is left alone") {
    DomainSituation domain = tuned_domain();
    domain.facts.nics[0].network = "sriov";
    Situation situation = host_with({domain});
    situation.host.networks.resize(1);
    situation.host.networks[0].name = "sriov";
    situation.host.networks[0].forward = "hostdev";
    const Proposal proposal = rules::nics(situation);
    CHECK(proposal.wishes.empty());
    REQUIRE(proposal.findings.size() == 1);
    CHECK(proposal.findings[0].what.find("sriov") != std::string::npos);
    situation.host.networks[0].forward = "nat";
    CHECK_FALSE(rules::nics(situation).wishes.empty());
}

TEST_CASE("NICs of domains out of scope, transient or against the schema are not touched") {
    DomainSituation transient = tuned_domain();
    transient.persistent = false;
    DomainSituation broken = tuned_domain();
    broken.failed_schema = true;
    for (const DomainSituation &domain : {domain_named("other"), transient, broken})
        CHECK(proposal_for(domain) == Proposal{});
}

}  // namespace nics_test
