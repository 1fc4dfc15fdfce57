// Seats planned anew, where that is better.
#include <doctest/doctest.h>

#include "tests/unit/rules/situations.hpp"

namespace rebalance_test {

using namespace kvmtune;
using namespace kvmtune::plan;

namespace {

DomainSituation guest(const std::string &name, unsigned vcpus) {
    DomainSituation domain = tuned_domain();
    domain.facts.name = name;
    domain.facts.uuid = "uuid of " + name;
    domain.facts.vcpus = vcpus;
    domain.facts.memory = std::uint64_t{1} << 30;
    domain.facts.nics.clear();
    return domain;
}

/// Two small guests, one on each node, and a large one that has room on neither alone.
Situation scattered() {
    Situation situation = host_with({guest("small1", 2), guest("small2", 2), guest("xlarge", 6)});
    situation.domains[0].present.vcpus = {{0, {2}}, {1, {3}}};
    situation.domains[1].present.vcpus = {{0, {10}}, {1, {11}}};
    return situation;
}

}  // namespace

TEST_CASE("who sits stays, until somebody wants everybody seated anew: then the large guest has room on one node") {
    Situation situation = scattered();
    CHECK(placement_of(situation).seats.at("uuid of xlarge").nodes == CpuSet{0, 1});
    const Rebalance gain = rebalance_of(situation);
    CHECK(gain.before.nodes_crossed == 1);
    CHECK(gain.after.nodes_crossed == 0);
    CHECK(std::count(gain.moved.begin(), gain.moved.end(), "xlarge") == 1);
    situation.rebalance = true;
    const Placement anew = placement_of(situation);
    CHECK(anew.seats.size() == 3);
    for (DomainSituation &domain : situation.domains) domain.present = anew.seats.at(domain.facts.uuid);
    CHECK(placement_of(situation) == anew);
    CHECK(rebalance_of(situation).moved.empty());
    situation.rebalance = false;
    CHECK(placement_of(situation) == anew);
}

TEST_CASE("who runs on several nodes stays on them, and hinders nobody else") {
    Situation situation = scattered();
    situation.domains[2].present = placement_of(situation).seats.at("uuid of xlarge");
    situation.domains[2].running = true;
    const Rebalance gain = rebalance_of(situation);
    CHECK(gain.after.without_seat == 0);
    situation.rebalance = true;
    CHECK(placement_of(situation).seats.at("uuid of xlarge").vcpus == situation.domains[2].present.vcpus);
}

TEST_CASE("who runs stays on his node, and without a gain nobody is moved") {
    Situation situation = scattered();
    situation.domains[0].running = situation.domains[1].running = true;
    const Rebalance gain = rebalance_of(situation);
    CHECK(gain.before == gain.after);
    CHECK(gain.moved.empty());
    situation.rebalance = true;
    const Placement placement = placement_of(situation);
    CHECK(placement.seats.at("uuid of small1").vcpus == situation.domains[0].present.vcpus);
    CHECK(placement.seats.at("uuid of small2").vcpus == situation.domains[1].present.vcpus);
}

}  // namespace rebalance_test
