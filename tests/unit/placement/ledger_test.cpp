#include "daemon/plan/ledger.hpp"

#include <doctest/doctest.h>

#include "tests/unit/placement/hosts.hpp"

namespace ledger_test {

using namespace kvmtune;
using namespace kvmtune::plan;

namespace {

DomainSituation pinned(const std::string &name) {
    DomainSituation domain;
    domain.facts.uuid = name;
    domain.facts.name = name;
    domain.facts.type = "kvm";
    domain.facts.arch = "x86_64";
    domain.facts.os_type = "hvm";
    domain.facts.vcpus = 2;
    domain.facts.vcpupins = {{0, {4}}, {1, {5}}};
    return domain;
}

Situation host_with(const DomainSituation &domain) {
    Situation situation;
    situation.host.topology = host_of({});
    situation.domains = {domain};
    return situation;
}

}  // namespace

TEST_CASE("isolated CPUs are nobody's to give, but who runs on some stays") {
    DomainSituation guest = pinned("ours");
    guest.facts.vcpupins.clear();
    guest.policy = DomainPolicy{};
    Situation situation = host_with(guest);
    situation.host.isolated_cpus = CpuSet::range(4, 7);
    CHECK(ledger_of(situation).all() == CpuSet::range(4, 7));
    situation.domains[0].present.vcpus = {{0, {4}}, {1, {5}}};
    CHECK(ledger_of(situation).all() == CpuSet::range(4, 7));
    situation.domains[0].running = true;
    CHECK(ledger_of(situation).all() == CpuSet{6, 7});
    CHECK(placement_of(situation).seats.at("ours").vcpus == situation.domains[0].present.vcpus);
}

TEST_CASE("the ledger has the pins of a domain out of scope, of vCPUs, emulator and iothreads") {
    DomainSituation domain = pinned("other");
    domain.facts.emulatorpin = CpuSet{2, 3};
    domain.facts.iothreadpins = {{1, {6}}};
    CHECK(ledger_of(host_with(domain)).taken == std::map<std::string, CpuSet>{{"other", {2, 3, 4, 5, 6}}});
    CHECK(ledger_of(host_with(domain)).all() == CpuSet{2, 3, 4, 5, 6});
}

TEST_CASE("pins that somebody gave a domain for this run alone are in the ledger, beside those of its definition") {
    DomainSituation domain = pinned("other");
    domain.running = true;
    domain.running_pins = ThreadPins{{{0, {4}}, {1, {7}}}, {}, CpuSet{2}};
    CHECK(ledger_of(host_with(domain)).all() == CpuSet{2, 4, 5, 7});
}

TEST_CASE("vCPUs of a guest that is to be given back stay where we put them, while it runs") {
    DomainSituation domain = pinned("given back");
    domain.facts.vcpupins.clear();
    domain.present.vcpus = {{0, {4}}, {1, CpuSet{6, 7}}};
    CHECK(ledger_of(host_with(domain)).all() == CpuSet{});
    domain.running = true;
    CHECK(ledger_of(host_with(domain)).all() == CpuSet{4});
}

TEST_CASE("nobody gets a seat where a foreign guest runs by pins that no definition has") {
    DomainSituation foreign = pinned("foreign");
    foreign.facts.vcpupins.clear();
    foreign.running = true;
    foreign.running_pins = ThreadPins{{{0, CpuSet::range(2, 4)}, {1, CpuSet::range(10, 12)}}, {}, {}};
    DomainSituation guest = kvm_domain("ours", 2, gib);
    guest.policy = DomainPolicy{};
    Situation situation = host_with(guest);
    situation.domains.push_back(foreign);
    const CpuSet seat = vcpu_cpus(placement_of(situation).seats.at(guest.facts.uuid));
    CHECK(seat.size() == 2);
    CHECK(!seat.intersects(CpuSet{2, 3, 4, 10, 11, 12}));
}

TEST_CASE("a cpuset of the vcpu element is in the ledger, unless it is all CPUs") {
    DomainSituation domain;
    domain.facts.name = "other";
    domain.facts.vcpu_cpuset = CpuSet::range(8, 15);
    CHECK(ledger_of(host_with(domain)).all() == CpuSet::range(8, 15));
    domain.facts.vcpu_cpuset = CpuSet::range(0, 15);
    domain.facts.emulatorpin = CpuSet::range(0, 63);
    CHECK(ledger_of(host_with(domain)).taken.empty());
}

TEST_CASE("CPUs that the host does not have are not in the ledger") {
    DomainSituation domain;
    domain.facts.name = "other";
    domain.facts.emulatorpin = CpuSet{3, 500};
    CHECK(ledger_of(host_with(domain)).all() == CpuSet{3});
}

TEST_CASE("a domain that we place is not in the ledger, one in scope with cpus = off is") {
    DomainSituation domain = pinned("ours");
    domain.policy = DomainPolicy{};
    CHECK(ledger_of(host_with(domain)).taken.empty());
    domain.policy->cpus = CpuPolicy::off;
    CHECK(ledger_of(host_with(domain)).all() == CpuSet{4, 5});
}

TEST_CASE("a domain that numad places is in the ledger with its pins") {
    DomainSituation domain = pinned("auto");
    domain.policy = DomainPolicy{};
    domain.facts.automatic_placement = true;
    CHECK(ledger_of(host_with(domain)).all() == CpuSet{4, 5});
}

TEST_CASE("others who have CPUs to themselves are in the ledger by their names, beside a domain of that name") {
    DomainSituation domain = pinned("cpuset partition dpdk.slice");
    Situation situation = host_with(domain);
    situation.host.partitions = {{"dpdk.slice", {6, 7}}};
    situation.host.isolated_cpus = {10, 11};
    CHECK(ledger_of(situation).taken ==
          std::map<std::string, CpuSet>{{"cpuset partition dpdk.slice", CpuSet::range(4, 7)},
                                        {"isolated by the kernel", {10, 11}}});
    CHECK(ledger_of(situation).unbalanced.empty());
}

TEST_CASE("isolated CPUs that are for guests are not taken, but not like the others") {
    Situation situation = host_with(pinned("other"));
    situation.host.isolated_cpus = {10, 11};
    situation.policy.host.isolated = IsolatedCpus::guests;
    CHECK(ledger_of(situation).all() == CpuSet{4, 5});
    CHECK(ledger_of(situation).unbalanced == CpuSet{10, 11});
}

namespace {

/// A guest on a bridge whose port is a bond of two devices.
Situation host_with_uplinks(const CpuSet &first, const CpuSet &second) {
    Situation situation = host_with(pinned("other"));
    NicFacts nic;
    nic.bridge = "br0";
    situation.domains[0].facts.nics = {nic};
    for (const char *name : {"eth0", "eth1", "bond0", "eth9"}) {
        Link link;
        link.name = name;
        situation.host.links.push_back(link);
    }
    situation.host.links[0].master = situation.host.links[1].master = "bond0";
    situation.host.links[2].master = "br0";
    situation.host.links[2].kind = "bond";
    situation.host.links[0].interrupt_cpus = first;
    situation.host.links[1].interrupt_cpus = second;
    situation.host.links[3].interrupt_cpus = CpuSet{15};
    return situation;
}

}  // namespace

TEST_CASE("CPUs with interrupts of an uplink are told from the others, those of other devices are not") {
    CHECK(ledger_of(host_with_uplinks({5}, {6})).interrupted == CpuSet{5, 6});
    CHECK(ledger_of(host_with({})).interrupted.empty());
}

TEST_CASE("interrupts on more than half of a node's CPUs are no reason to avoid any of them") {
    const CpuSet half = CpuSet::range(4, 7);
    CHECK(ledger_of(host_with_uplinks(half, {8})).interrupted == (half | CpuSet{8}));
    CHECK(ledger_of(host_with_uplinks(half, {3, 8})).interrupted == CpuSet{8});
}

}  // namespace ledger_test
