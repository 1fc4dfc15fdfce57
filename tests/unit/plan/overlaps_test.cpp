#include "daemon/plan/overlaps.hpp"

#include <doctest/doctest.h>

#include "tests/unit/rules/situations.hpp"

namespace overlaps_test {

using namespace kvmtune;
using namespace kvmtune::plan;

namespace {

DomainSituation pinned(const std::string &name, const std::map<unsigned, CpuSet> &pins) {
    DomainSituation domain = domain_named(name);
    domain.facts.vcpupins = pins;
    return domain;
}

DomainSituation ours(DomainSituation domain) {
    domain.policy = DomainPolicy{};
    return domain;
}

std::vector<Finding> overlaps_of(const std::vector<DomainSituation> &domains) {
    const Situation situation = host_with(domains);
    return overlaps(situation, placement_of(situation));
}

std::vector<Finding> misplaced(const Situation &situation) {
    return misplaced_pins(situation, placement_of(situation));
}

}  // namespace

TEST_CASE("two domains with vCPUs pinned to the same CPUs are one finding that names both") {
    const auto findings = overlaps_of({pinned("web", {{0, {4}}, {1, {5}}}), pinned("db", {{0, {5}}, {3, {4}}})});
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].about == "db");
    CHECK(findings[0].what ==
          "it and web (neither is ours) are both pinned to CPUs 4-5: virsh vcpupin (or iothreadpin) gives one of them "
          "others");
}

TEST_CASE("pins for this run alone overlap too, those that are as defined count once") {
    auto db = pinned("db", {{0, CpuSet{8, 9}}});
    db.running_pins = ThreadPins{{{0, CpuSet{8, 9}}, {1, {4}}}, {}, {}};
    const auto findings = overlaps_of({pinned("web", {{0, {4}}, {1, CpuSet{8, 9}}}), db});
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].what.starts_with("it and web (neither is ours) are both pinned to CPU 4: "));
}

TEST_CASE("guests that run on the cpuset of their definitions share it as before") {
    std::vector<DomainSituation> guests;
    for (const char *name : {"web", "db"}) {
        auto guest = domain_named(name);
        guest.facts.vcpu_cpuset = CpuSet{4};
        guest.running_pins = pins_of(guest.facts);
        guests.push_back(guest);
    }
    CHECK(overlaps_of(guests).empty());
}

TEST_CASE("the pin of a user on a domain of ours overlaps with a foreign one's") {
    const auto findings = overlaps_of({pinned("a", {{0, {4}}}), ours(pinned("web", {{1, {4}}}))});
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].about == "web");
    CHECK(findings[0].what.starts_with("it and a (not ours) are both pinned to CPU 4: "));
    const auto both = overlaps_of({ours(pinned("a", {{0, {4}}})), ours(pinned("web", {{1, {4}}}))});
    REQUIRE(both.size() == 1);
    CHECK(both[0].what.starts_with("it and web are both pinned to CPU 4: "));
}

TEST_CASE("each pair is a finding") {
    const std::map<unsigned, CpuSet> same = {{0, {4}}};
    CHECK(overlaps_of({pinned("a", same), pinned("b", same), pinned("c", same)}).size() == 3);
}

TEST_CASE("... but of many with the same pins each is one finding, which names three others") {
    const std::map<unsigned, CpuSet> same = {{0, {4}}};
    std::vector<DomainSituation> clones;
    for (const auto *name : {"a", "b", "c", "d", "e", "f"}) clones.push_back(pinned(name, same));
    const auto findings = overlaps_of(clones);
    CHECK(findings[0].about == "a");
    CHECK(findings[0].what.starts_with("it and b, c, d, and 2 more are pinned to CPU 4: "));
    CHECK(findings[1].what.starts_with("it and c, d, e, and 1 more are pinned to CPU 4: "));
    CHECK(findings.size() == 2 + 3 + 2 + 1);
}

TEST_CASE("floating guests, emulators, and pins with room for others are no claims") {
    DomainSituation emulator = domain_named("emulator");
    emulator.facts.emulatorpin = CpuSet{4};
    const auto anywhere = pinned("anywhere", {{0, CpuSet::range(0, 15)}});
    const auto wide = pinned("wide", {{0, CpuSet::range(2, 7)}, {1, CpuSet::range(2, 7)}});
    CHECK(overlaps_of({emulator, anywhere, wide, pinned("web", {{0, {4}}}), domain_named("floating")}).empty());
}

TEST_CASE("as many vCPUs as there are CPUs in the set that all of them have are a claim") {
    CHECK(overlaps_of({pinned("a", {{0, {4, 5}}, {1, {4, 5}}}), pinned("b", {{0, {5}}})}).size() == 1);
    CHECK(overlaps_of({pinned("a", {{0, {4, 5}}}), pinned("b", {{0, {5}}})}).empty());
}

TEST_CASE("an iothread's CPU is a claim, but for housekeeping CPUs, which all may share") {
    DomainSituation one = domain_named("one");
    one.facts.iothreadpins = {{1, {0}}, {2, {6}}};
    DomainSituation other = domain_named("other");
    other.facts.iothreadpins = {{1, {0}}};
    CHECK(overlaps_of({one, other}).empty());
    CHECK(overlaps_of({one, pinned("web", {{0, {6}}})}).size() == 1);
}

TEST_CASE("seats of ours overlap with nobody") {
    DomainSituation shared = tuned_domain("shared");
    shared.policy->cpus = CpuPolicy::shared;
    DomainSituation other = tuned_domain("other");
    other.facts.vcpus = 2;
    CHECK(overlaps_of({shared, tuned_domain(), other, pinned("web", {{0, {4}}})}).empty());
}

TEST_CASE("a seat of ours that somebody was pinned to since is said to be so") {
    Situation situation = host_with({tuned_domain(), pinned("db", {{0, {3}}})});
    Placement now;
    now.seats["uuid of web01"].vcpus = {{0, {2}}, {1, {3}}};
    const auto findings = overlaps(situation, now);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].about == "web01");
    CHECK(findings[0].what.starts_with("it and db (not ours) are both pinned to CPU 3: "));
}

TEST_CASE("a pin on CPUs that no guest gets is one finding with the owner's name") {
    Situation situation = host_with({pinned("web", {{0, {4}}, {1, {5}}, {2, {5, 6}}})});
    situation.host.partitions = {{"dpdk.slice", {4, 5}}};
    const auto findings = misplaced(situation);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].about == "web");
    CHECK(findings[0].what ==
          "it is pinned to CPUs 4-5, which no guest gets (cpuset partition dpdk.slice): virsh vcpupin (or iothreadpin) "
          "gives it others");
}

TEST_CASE("a pin on one isolated CPU is right where they are for guests, one on several is never") {
    Situation situation = host_with({pinned("web", {{0, {4}}})});
    situation.host.isolated_cpus = CpuSet::range(4, 7);
    REQUIRE(misplaced(situation).size() == 1);
    CHECK(misplaced(situation)[0].what ==
          "it is pinned to CPU 4, which no guest gets (isolated by the kernel): if they are there for guests, isolated "
          "= \"guests\" in [host.cpus] says so");
    situation.policy.host.isolated = IsolatedCpus::guests;
    CHECK(misplaced(situation).empty());
    situation.domains[0].facts.emulatorpin = CpuSet{0, 6, 7};
    REQUIRE(misplaced(situation).size() == 1);
    CHECK(
        misplaced(situation)[0].what.starts_with("it has threads pinned to several of the isolated CPUs 6-7, where "));
}

TEST_CASE("all of it is among the findings of a plan") {
    Situation situation = host_with({tuned_domain(), pinned("a", {{0, {4}}}), pinned("b", {{0, {4}}})});
    situation.host.isolated_cpus = {15};
    std::set<std::string> about;
    for (const Finding &finding : desired(situation).findings) about.insert(finding.about);
    CHECK(about.count("a") == 1);
    CHECK(about.count("host.cpus.isolated") == 1);
}

}  // namespace overlaps_test
