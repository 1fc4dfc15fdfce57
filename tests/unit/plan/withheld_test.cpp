#include "daemon/plan/withheld.hpp"

#include <doctest/doctest.h>

#include "daemon/plan/placement/placement.hpp"
#include "tests/unit/rules/situations.hpp"

namespace withheld_test {

using namespace kvmtune;
using namespace kvmtune::plan;

namespace {

using Owners = std::map<std::string, CpuSet>;

Owners owners(const Situation &situation) {
    Owners owners;
    for (const Withheld &one : withheld(situation)) owners[one.owner] = one.cpus;
    return owners;
}

Situation isolating(const CpuSet &cpus) {
    Situation situation = host_with({tuned_domain()});
    situation.host.isolated_cpus = cpus;
    return situation;
}

}  // namespace

TEST_CASE("nothing is withheld on a host where nobody has CPUs to himself") {
    CHECK(owners(host_with({tuned_domain()})).empty());
}

TEST_CASE("a partition's CPUs are its own, but for those of guests") {
    Situation situation = host_with();
    situation.host.partitions = {{"dpdk.slice", {4, 5}}, {"machine.slice", {6}}, {"machine.slice/one.scope", {7}}};
    CHECK(owners(situation) == Owners{{"cpuset partition dpdk.slice", {4, 5}}});
}

TEST_CASE("what machine.slice may not use is nobody's to give") {
    Situation situation = host_with();
    situation.host.partitions = {{"dpdk.slice", {15}}};
    situation.host.guest_cpus = CpuSet::range(0, 13);
    CHECK(owners(situation) == Owners{{"cpuset partition dpdk.slice", {15}}, {"outside of machine.slice", {14}}});
}

TEST_CASE("isolated CPUs are withheld until the policy gives them to guests; those that the host has not are none") {
    Situation situation = isolating({6, 7, 99});
    CHECK(owners(situation) == Owners{{"isolated by the kernel", {6, 7}}});
    situation.policy.host.isolated = IsolatedCpus::guests;
    CHECK(owners(situation).empty());
}

TEST_CASE("one finding says which CPUs are left out and how guests get them") {
    Situation situation = isolating({6, 7});
    const auto findings = findings_on_isolated(situation);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].about == "host.cpus.isolated");
    CHECK(findings[0].what ==
          "CPUs 6-7 are left out: the kernel isolates them (isolcpus), maybe for something else; "
          "isolated = \"guests\" in [host.cpus] gives them to guests' vCPUs");
    situation.policy.host.isolated = IsolatedCpus::guests;
    CHECK(findings_on_isolated(situation).empty());
    situation = isolating({6, 7});
    situation.domains = {domain_named("foreign")};
    CHECK(findings_on_isolated(situation).empty());
}

TEST_CASE("housekeeping CPUs that the policy names are its word, and a finding where the kernel isolates several") {
    Situation situation = isolating({6, 7});
    situation.policy.host.housekeeping = CpuSet{6, 7};
    CHECK(housekeeping_cpus(situation) == CpuSet{6, 7});
    CHECK(findings_on_isolated(situation).back().about == "host.cpus.housekeeping");
    situation.host.partitions = {{"dpdk.slice", {6}}};
    situation.host.isolated_cpus = {};
    CHECK(housekeeping_cpus(situation) == CpuSet{7});
}

TEST_CASE(
    "housekeeping is the first core of a node that is neither isolated nor withheld, with a tick if there is one") {
    Situation situation = host_with();
    CHECK(housekeeping_cpus(situation) == CpuSet{0, 1, 8, 9});
    situation.host.isolated_cpus = {0, 1};
    situation.host.partitions = {{"dpdk.slice", {8}}};
    CHECK(housekeeping_cpus(situation) == CpuSet{2, 3, 9});
    situation.policy.host.isolated = IsolatedCpus::guests;
    CHECK(housekeeping_cpus(situation) == CpuSet{2, 3, 9});
    situation.host.tickless_cpus = CpuSet::range(2, 5) | CpuSet::range(8, 15);
    CHECK(housekeeping_cpus(situation) == CpuSet{6, 7, 9});
    situation.host.isolated_cpus = CpuSet::range(0, 7);
    CHECK(housekeeping_cpus(situation) == CpuSet{9});
}

}  // namespace withheld_test
