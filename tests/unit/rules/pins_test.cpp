// The rules pins and affinities: the same placement, in a definition and in a running domain.
#include <doctest/doctest.h>

#include "tests/unit/rules/situations.hpp"

namespace pins_test {

using namespace kvmtune;
using namespace kvmtune::plan;

TEST_CASE("a definition gets a pin for each vCPU and one for the emulator, at its next start") {
    const Proposal proposal = placed(rules::pins, host_with({tuned_domain()}));
    CHECK(proposal.wishes.size() == 9);
    CHECK(value_of(proposal, TargetKind::element, "cputune/vcpupin/0") == "2");
    CHECK(value_of(proposal, TargetKind::element, "cputune/vcpupin/3") == "5");
    CHECK(value_of(proposal, TargetKind::element, "cputune/emulatorpin") == "0-1,6-7");
    for (const Wish &wish : proposal.wishes) {
        const bool pin = wish.target.name.starts_with("cputune/");
        CHECK(wish.target.owner == "uuid of web01");
        CHECK(wish.disruption == (pin ? Disruption::next_boot : Disruption::live));
        CHECK(wish.because.find("test.toml:7") != std::string::npos);
    }
}

TEST_CASE("a definition keeps where its vhost workers go, the same as when it runs") {
    DomainSituation domain = tuned_domain();
    domain.running = true;
    const Proposal kept = placed(rules::pins, host_with({domain}));
    const Proposal live = placed(rules::affinities, host_with({domain}));
    for (unsigned queue = 0; queue < 4; ++queue) {
        const std::string worker = "vhost/52:54:00:12:34:56/" + std::to_string(queue);
        CHECK(value_of(kept, TargetKind::element, worker) == value_of(live, TargetKind::affinity, worker));
    }
    CHECK(value_of(kept, TargetKind::element, "vhost/52:54:00:12:34:56/0") == "6");
}

TEST_CASE("a domain that is off gets no affinities, a running one those of all its threads, live") {
    DomainSituation domain = tuned_domain();
    CHECK(placed(rules::affinities, host_with({domain})) == Proposal{});
    domain.running = true;
    const Proposal proposal = placed(rules::affinities, host_with({domain}));
    CHECK(proposal.wishes.size() == 9);
    CHECK(value_of(proposal, TargetKind::affinity, "vcpu/0") == "2");
    CHECK(value_of(proposal, TargetKind::affinity, "emulator") == "0-1,6-7");
    CHECK(value_of(proposal, TargetKind::affinity, "vhost/52:54:00:12:34:56/0") == "6");
    CHECK(value_of(proposal, TargetKind::affinity, "vhost/52:54:00:12:34:56/3") == "7");
    for (const Wish &wish : proposal.wishes) CHECK(wish.disruption == Disruption::live);
}

TEST_CASE("a vhost worker is placed after the emulator, which it cannot leave") {
    DomainSituation domain = tuned_domain();
    domain.running = true;
    const Proposal proposal = placed(rules::affinities, host_with({domain}));
    const Wish *const worker = find(proposal, TargetKind::affinity, "vhost/52:54:00:12:34:56/0");
    REQUIRE(worker != nullptr);
    CHECK(worker->requires_first == std::vector<Target>{{TargetKind::affinity, "uuid of web01", "emulator"}});
}

TEST_CASE("a vhost worker with the very CPUs of its emulator, ours or the user's, follows it") {
    DomainSituation domain = tuned_domain();
    domain.running = true;
    for (const Wish &wish : placed(rules::affinities, host_with({domain})).wishes) CHECK_FALSE(wish.follows);
    domain.facts.emulatorpin = CpuSet{7};
    const Proposal proposal = placed(rules::affinities, host_with({domain}));
    const Wish *const worker = find(proposal, TargetKind::affinity, "vhost/52:54:00:12:34:56/0");
    REQUIRE(worker != nullptr);
    CHECK(worker->value == "7");
    CHECK(worker->follows);
    CHECK_FALSE(find(proposal, TargetKind::affinity, "vcpu/0")->follows);
}

TEST_CASE("vCPUs that are not plugged in have no thread to place") {
    DomainSituation domain = tuned_domain();
    domain.running = true;
    domain.running_vcpus = 2;
    const Proposal proposal = placed(rules::affinities, host_with({domain}));
    CHECK(find(proposal, TargetKind::affinity, "vcpu/1") != nullptr);
    CHECK(find(proposal, TargetKind::affinity, "vcpu/2") == nullptr);
}

TEST_CASE("a transient domain gets affinities and no pins") {
    DomainSituation domain = tuned_domain();
    domain.running = true;
    domain.persistent = false;
    CHECK(placed(rules::pins, host_with({domain})).wishes.empty());
    CHECK_FALSE(placed(rules::affinities, host_with({domain})).wishes.empty());
}

TEST_CASE("the user's pins stay, unless the section names cpus") {
    DomainSituation domain = tuned_domain();
    domain.running = true;
    domain.facts.vcpupins = {{1, {12}}};
    domain.facts.emulatorpin = CpuSet{13};
    Proposal proposal = placed(rules::pins, host_with({domain}));
    CHECK(find(proposal, TargetKind::element, "cputune/vcpupin/0") != nullptr);
    CHECK(find(proposal, TargetKind::element, "cputune/vcpupin/1") == nullptr);
    CHECK(find(proposal, TargetKind::element, "cputune/emulatorpin") == nullptr);
    proposal = placed(rules::affinities, host_with({domain}));
    CHECK(find(proposal, TargetKind::affinity, "vcpu/1") == nullptr);
    CHECK(find(proposal, TargetKind::affinity, "emulator") == nullptr);
    CHECK(value_of(proposal, TargetKind::affinity, "vhost/52:54:00:12:34:56/0") == "13");

    domain.policy->named = {"cpus"};
    proposal = placed(rules::pins, host_with({domain}));
    CHECK(find(proposal, TargetKind::element, "cputune/vcpupin/1") != nullptr);
    CHECK(find(proposal, TargetKind::element, "cputune/emulatorpin") != nullptr);
}

TEST_CASE("pins of a domain out of scope are avoided") {
    DomainSituation other = domain_named("other");
    other.facts.vcpupins = {{0, {2}}, {1, {3}}, {2, {4}}};
    const Proposal proposal = placed(rules::pins, host_with({tuned_domain(), other}));
    CHECK(value_of(proposal, TargetKind::element, "cputune/vcpupin/0") == "10");
}

TEST_CASE("cpus = off pins and places nothing") {
    DomainSituation domain = tuned_domain();
    domain.running = true;
    domain.policy->cpus = CpuPolicy::off;
    CHECK(placed(rules::pins, host_with({domain})) == Proposal{});
    CHECK(placed(rules::affinities, host_with({domain})) == Proposal{});
}

TEST_CASE("the worker of a NIC that was plugged in is placed while it runs, and is in no definition") {
    DomainSituation domain = tuned_domain();
    domain.running = true;
    domain.running_nics = domain.facts.nics;
    NicFacts nic = domain.facts.nics.at(0);
    nic.mac = "52:54:00:00:00:99";
    nic.queues.reset();
    domain.running_nics.push_back(nic);
    const std::string worker = "vhost/52:54:00:00:00:99/0";
    CHECK(value_of(placed(rules::affinities, host_with({domain})), TargetKind::affinity, worker) != "no wish");
    CHECK(value_of(placed(rules::pins, host_with({domain})), TargetKind::element, worker) == "no wish");
    domain.running_nics.back().driver = "qemu";
    CHECK(value_of(placed(rules::affinities, host_with({domain})), TargetKind::affinity, worker) == "no wish");
}

TEST_CASE("who gets no seat keeps the CPUs of his definition, and nobody else has them") {
    DomainSituation large = tuned_domain();
    large.facts.uuid = "uuid of large";
    large.facts.name = "large";
    large.facts.memory = std::uint64_t{1} << 50;
    large.facts.vcpupins[0] = CpuSet{2};
    large.policy->named.insert("cpus");
    DomainSituation other = tuned_domain();
    other.facts.memory_nodes = CpuSet{0};
    const Proposal proposal = placed(rules::pins, host_with({large, other}));
    for (unsigned vcpu = 0; vcpu < 4; ++vcpu)
        CHECK(value_of(proposal, TargetKind::element, "cputune/vcpupin/" + std::to_string(vcpu)) != "2");
    CHECK(std::count_if(proposal.findings.begin(), proposal.findings.end(),
                        [](const Finding &finding) { return finding.about == "large"; }) == 1);
}

TEST_CASE("a guest goes to the node of its bridge's uplink, while that has room") {
    Situation situation = host_with({tuned_domain()});
    auto &nic = situation.domains[0].facts.nics.at(0);
    nic.network.clear();
    nic.bridge = "br0";
    Link uplink;
    uplink.name = "ens1f0";
    uplink.master = "br0";
    uplink.node = 1;
    situation.host.links = {uplink};
    const std::string pin = "cputune/vcpupin/0";
    CHECK(value_of(placed(rules::pins, situation), TargetKind::element, pin) == "10");
    situation.host.links[0].master = "br1";
    CHECK(value_of(placed(rules::pins, situation), TargetKind::element, pin) == "2");
    Link bond;
    bond.name = "br1";
    bond.kind = "bond";
    bond.master = "br0";
    situation.host.links.push_back(bond);
    CHECK(value_of(placed(rules::pins, situation), TargetKind::element, pin) == "10");
    situation.host.links.pop_back();
    NetworkFacts network;
    network.name = "lan";
    network.bridge = "br1";
    network.forward = "bridge";
    situation.host.networks = {network};
    nic.bridge.clear();
    nic.type = "network";
    nic.network = "lan";
    CHECK(value_of(placed(rules::pins, situation), TargetKind::element, pin) == "10");
    situation.domains[0].facts.memory = situation.host.topology.nodes[1].memory;
    situation.host.topology.nodes[1].memory /= 2;
    CHECK(value_of(placed(rules::pins, situation), TargetKind::element, pin) == "2");
}

TEST_CASE("cpus = shared gives each vCPU what is left of a node, less when others come, also while it runs") {
    DomainSituation domain = tuned_domain();
    domain.running = true;
    domain.policy->cpus = CpuPolicy::shared;
    const Proposal alone = placed(rules::affinities, host_with({domain}));
    const auto all = CpuSet::parse(value_of(alone, TargetKind::affinity, "vcpu/0")).value();
    CHECK(all.size() == 6);
    CHECK(value_of(alone, TargetKind::affinity, "vcpu/3") == all.text());
    domain.present.vcpus[0] = all;
    DomainSituation newcomer = tuned_domain();
    newcomer.facts.uuid = "uuid of newcomer";
    newcomer.facts.name = "newcomer";
    newcomer.facts.memory_nodes = all.contains(2) ? CpuSet{0} : CpuSet{1};
    const Proposal both = placed(rules::affinities, host_with({domain, newcomer}));
    const auto left = CpuSet::parse(value_of(both, TargetKind::affinity, "vcpu/0")).value();
    CHECK(all.contains(left));
    CHECK(left.size() < all.size());
    CHECK_FALSE(left.empty());
}

TEST_CASE("a domain that does not fit gets no pin, and a finding names it") {
    DomainSituation domain = tuned_domain();
    domain.facts.vcpus = 13;
    const Proposal proposal = placed(rules::pins, host_with({domain}));
    CHECK(proposal.wishes.empty());
    REQUIRE(proposal.findings.size() == 1);
    CHECK(proposal.findings[0].about == "web01");
}

TEST_CASE(
    "workers that run and are fewer from the next start on keep their places, which the definition does not name") {
    Situation situation = host_with({tuned_domain()});
    DomainSituation &domain = situation.domains[0];
    domain.running = true;
    domain.running_nics = domain.facts.nics;
    domain.running_nics[0].queues = 6;
    const auto seat = placement_of(situation).seats.at("uuid of web01");
    CHECK(seat.workers.size() == 6);
    const Proposal proposal = placed(rules::pins, situation);
    const auto named = std::count_if(proposal.wishes.begin(), proposal.wishes.end(),
                                     [](const Wish &wish) { return wish.target.name.starts_with("vhost/"); });
    CHECK(named == 4);
}

TEST_CASE("without vhost_net there are no workers to give CPUs to") {
    Situation situation = host_with({tuned_domain()});
    situation.host.loadable.clear();
    CHECK(value_of(placed(rules::pins, situation), TargetKind::element, "cputune/emulatorpin") == "0-1");
}

TEST_CASE("the policy's housekeeping CPUs are the emulator's and nobody's vCPU's") {
    Situation situation = host_with({tuned_domain()});
    situation.policy.host.housekeeping = CpuSet{6, 7};
    const Proposal proposal = placed(rules::pins, situation);
    CHECK(value_of(proposal, TargetKind::element, "cputune/vcpupin/0") == "8");
    situation.domains[0].facts.memory_nodes = CpuSet{0};
    CHECK(value_of(placed(rules::pins, situation), TargetKind::element, "cputune/vcpupin/0") == "0");
    CHECK(value_of(placed(rules::pins, situation), TargetKind::element, "cputune/emulatorpin") == "4-7");
}

}  // namespace pins_test
