#include "daemon/plan/occupancy.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/unit/placement/hosts.hpp"

namespace occupancy_test {

using namespace kvmtune;
using namespace kvmtune::plan;

namespace {

DomainSituation domain(const std::string &name, unsigned vcpus) {
    return kvm_domain(name, vcpus, gib);
}

bool sits(const Occupancy &occupancy, unsigned cpu, const Use &use) {
    const auto at = occupancy.uses.find(cpu);
    return at != occupancy.uses.end() && std::count(at->second.begin(), at->second.end(), use) == 1;
}

}  // namespace

TEST_CASE("what is there is of us, of definitions, or floats; pins on all CPUs are none") {
    Situation situation;
    situation.host.topology = host_of({});
    auto ours = domain("ours", 2);
    ours.present.vcpus = {{0, {2}}, {1, {3}}};
    ours.present.emulator = CpuSet{0, 1, 4};
    ours.present.workers[{"52:54:00:00:00:01", 0}] = CpuSet{4};
    ours.present.workers[{"52:54:00:00:00:02", 0}] = CpuSet{5};
    auto theirs = domain("theirs", 1);
    theirs.facts.vcpupins[0] = CpuSet{6, 7};
    theirs.facts.emulatorpin = CpuSet::range(0, 15);
    auto confined = domain("confined", 1);
    confined.facts.vcpu_cpuset = CpuSet{12};
    situation.domains = {ours, theirs, confined, domain("loose", 1)};
    const auto now = occupancy_of(situation, When::now);
    CHECK(now.housekeeping == CpuSet{0, 1, 8, 9});
    CHECK(sits(now, 3, {"ours", Role::vcpu, 1, true}));
    CHECK(sits(now, 1, {"ours", Role::emulator, 0, true}));
    CHECK(sits(now, 4, {"ours", Role::vhost, 0, true}));
    CHECK(sits(now, 5, {"ours", Role::vhost, 1, true}));
    CHECK(sits(now, 7, {"theirs", Role::vcpu, 0, false}));
    CHECK(sits(now, 12, {"confined", Role::vcpu, 0, false}));
    CHECK(now.uses.count(15) == 0);
    CHECK(now.floating == std::vector<std::string>{"loose"});
}

TEST_CASE("a guest that runs is drawn where it runs, its workers with its emulator") {
    Situation situation;
    situation.host.topology = host_of({});
    auto theirs = domain("theirs", 2);
    theirs.facts.vcpupins[0] = CpuSet{6};
    theirs.running = true;
    theirs.running_pins = ThreadPins{{{0, {7}}}, {}, CpuSet{15}};
    NicFacts nic;
    nic.mac = "52:54:00:00:00:01";
    nic.type = "network";
    nic.model = "virtio";
    nic.queues = 2;
    theirs.running_nics = {nic};
    situation.domains = {theirs};
    situation.host.modules = {"vhost_net"};
    const auto now = occupancy_of(situation, When::now);
    CHECK(sits(now, 7, {"theirs", Role::vcpu, 0, false}));
    CHECK(now.uses.count(6) == 0);
    CHECK(sits(now, 15, {"theirs", Role::emulator, 0, false}));
    CHECK(sits(now, 15, {"theirs", Role::vhost, 0, false}));
    CHECK(sits(now, 15, {"theirs", Role::vhost, 1, false}));
    CHECK(now.floating.empty());
}

TEST_CASE("planned are the seats of those who get one, beside the pins of the others") {
    Situation situation;
    situation.host.topology = host_of({});
    auto tuned = domain("tuned", 2);
    tuned.policy = DomainPolicy{};
    auto theirs = domain("theirs", 1);
    theirs.facts.vcpupins[0] = CpuSet{2};
    situation.domains = {tuned, theirs};
    const auto now = occupancy_of(situation, When::now);
    CHECK(now.floating == std::vector<std::string>{"tuned"});
    const auto planned = occupancy_of(situation, When::planned);
    CHECK(planned.floating.empty());
    CHECK(sits(planned, 2, {"theirs", Role::vcpu, 0, false}));
    std::size_t places = 0;
    for (const auto &[cpu, uses] : planned.uses)
        places += static_cast<std::size_t>(std::count_if(uses.begin(), uses.end(), [](const Use &use) {
            return use.domain == "tuned" && use.role == Role::vcpu && use.ours;
        }));
    CHECK(places == 2);
}

TEST_CASE("what no guest gets is there with its owner, and what is to be said of CPUs") {
    Situation situation;
    situation.host.topology = host_of({});
    situation.host.partitions = {{"dpdk.slice", {14, 15}}};
    auto ours = domain("ours", 2);
    ours.present.vcpus = {{0, {2}}, {1, {3}}};
    auto theirs = domain("theirs", 1);
    theirs.facts.vcpupins[0] = CpuSet{2};
    situation.domains = {ours, theirs};
    const auto now = occupancy_of(situation, When::now);
    REQUIRE(now.withheld.size() == 1);
    CHECK(now.withheld[0].cpus == CpuSet{14, 15});
    REQUIRE(now.findings.size() == 1);
    CHECK(now.findings[0].about == "ours");
}

}  // namespace occupancy_test
