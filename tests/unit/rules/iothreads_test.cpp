#include <doctest/doctest.h>

#include "tests/unit/rules/situations.hpp"

namespace iothreads_test {

using namespace kvmtune;
using namespace kvmtune::plan;

namespace {

DomainSituation domain_with(const std::set<unsigned> &iothreads) {
    DomainSituation domain = tuned_domain();
    domain.facts.iothreads = iothreads;
    return domain;
}

std::string pin_of(unsigned iothread, const Situation &situation) {
    return value_of(placed(rules::iothreads, situation), TargetKind::element,
                    "cputune/iothreadpin/" + std::to_string(iothread));
}

std::string place_of(unsigned iothread, const Situation &situation) {
    return value_of(placed(rules::iothreads, situation), TargetKind::affinity, "iothread/" + std::to_string(iothread));
}

}  // namespace

TEST_CASE("iothreads run on the housekeeping CPUs of the guest's node, from the next start on") {
    const Situation situation = host_with({domain_with({1, 2})});
    CHECK(pin_of(1, situation) == "0-1");
    CHECK(pin_of(2, situation) == "0-1");
    for (const Wish &wish : placed(rules::iothreads, situation).wishes)
        CHECK((wish.disruption == Disruption::next_boot) == (wish.target.kind == TargetKind::element));
    CHECK(placed(rules::iothreads, host_with({tuned_domain()})) == Proposal{});
}

TEST_CASE("iothreads of a running domain are moved at once, also where there is no definition") {
    DomainSituation domain = domain_with({1, 3});
    domain.running = false;
    CHECK(place_of(1, host_with({domain})) == "no wish");
    domain.running = true;
    CHECK(place_of(1, host_with({domain})) == "0-1");
    CHECK(place_of(3, host_with({domain})) == "0-1");
    domain.persistent = false;
    CHECK(place_of(1, host_with({domain})) == "0-1");
    domain.facts.iothreadpins = {{1, {15}}};
    CHECK(place_of(1, host_with({domain})) == "no wish");
    domain.policy->cpus = CpuPolicy::off;
    CHECK(place_of(3, host_with({domain})) == "no wish");
}

TEST_CASE("iothreads follow the guest to its node") {
    DomainSituation domain = domain_with({1});
    domain.facts.memory_nodes = CpuSet{1};
    CHECK(pin_of(1, host_with({domain})) == "8-9");
}

TEST_CASE("housekeeping CPUs of another node are better than a vCPU's") {
    DomainSituation domain = domain_with({1});
    domain.facts.memory_nodes = CpuSet{1};
    Situation situation = host_with({domain});
    situation.policy.host.housekeeping = CpuSet{0, 1};
    CHECK(pin_of(1, situation) == "0-1");
}

TEST_CASE("a CPU that the user gave a vCPU is no iothread's") {
    DomainSituation domain = domain_with({1});
    domain.facts.vcpupins = {{0, {1}}};
    CHECK(pin_of(1, host_with({domain})) == "0");
    domain.facts.vcpupins = {{0, {0, 1}}};
    CHECK(pin_of(1, host_with({domain})) == "no wish");
}

TEST_CASE("the user's pin of an iothread stays unless the section names cpus") {
    DomainSituation domain = domain_with({1, 2});
    domain.facts.iothreadpins = {{1, {15}}};
    CHECK(pin_of(1, host_with({domain})) == "no wish");
    CHECK(pin_of(2, host_with({domain})) == "0-1");
    domain.policy->named = {"cpus"};
    CHECK(pin_of(1, host_with({domain})) == "0-1");
}

TEST_CASE("no pin where CPUs are not ours to give or there is no room") {
    DomainSituation domain = domain_with({1});
    domain.policy->cpus = CpuPolicy::off;
    CHECK(pin_of(1, host_with({domain})) == "no wish");
    domain = domain_with({1});
    domain.facts.vcpus = 13;
    CHECK(pin_of(1, host_with({domain})) == "no wish");
    domain = domain_with({1});
    domain.persistent = false;
    CHECK(pin_of(1, host_with({domain})) == "no wish");
}

}  // namespace iothreads_test
