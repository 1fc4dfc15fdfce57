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

namespace {

/// scattered(), where all run with memory that can move, and as much is free on each node.
Situation all_running(std::uint64_t free = 8 * gib) {
    Situation situation = scattered();
    situation.domains[2].present = placement_of(situation).seats.at("uuid of xlarge");
    const std::vector<CpuSet> nodes{{0}, {1}, {0, 1}};
    for (unsigned i = 0; i < nodes.size(); ++i) {
        situation.domains[i].running = true;
        situation.domains[i].movable_memory = nodes[i];
    }
    situation.host.node_memory = {{0, 16 * gib, free}, {1, 16 * gib, free}};
    return situation;
}

void none_gained(const Situation &situation) {
    const Rebalance gain = rebalance_of(situation);
    CHECK(gain.before == gain.after);
    CHECK(gain.moved.empty());
    CHECK(gain.copied == 0);
}

}  // namespace

TEST_CASE("who runs takes its memory along where that gives somebody one node, and nobody else does") {
    Situation situation = all_running();
    const Rebalance gain = rebalance_of(situation);
    CHECK(gain.before.nodes_crossed == 1);
    CHECK(gain.after.nodes_crossed == 0);
    // One of the small ones, and half of the large one.
    CHECK(gain.copied == gib + gib / 2);
    situation.rebalance = true;
    const Placement anew = placement_of(situation);
    CHECK(anew.seats.at("uuid of xlarge").nodes.size() == 1);
    CHECK(anew.seats.at("uuid of small1").nodes == anew.seats.at("uuid of small2").nodes);
    unsigned stay = 0;
    for (DomainSituation &domain : situation.domains) {
        domain.present = anew.seats.at(domain.facts.uuid);
        if (domain.present.nodes == domain.movable_memory) ++stay;
        domain.movable_memory = domain.present.nodes;
    }
    CHECK(stay == 1);
    none_gained(situation);
}

TEST_CASE("memory stays where it is if the other node has no room for it, or the user decides of it") {
    none_gained(all_running(16 * gib / 100 * 10 + gib - 1));
    Situation situation = all_running();
    situation.host.node_memory.clear();
    none_gained(situation);
    situation = all_running();
    situation.domains[0].movable_memory = situation.domains[1].movable_memory = std::nullopt;
    none_gained(situation);
    situation.domains[2].movable_memory = std::nullopt;
    none_gained(situation);
    situation = all_running();
    situation.domains[2].policy->memory = MemoryPolicy::off;
    none_gained(situation);
    situation = all_running();
    situation.domains[2].facts.emulatorpin = CpuSet{0};
    none_gained(situation);
}

TEST_CASE("no memory is copied for caches alone") {
    Situation situation = host_with({guest("one", 4), guest("two", 2)});
    Shape shape;
    shape.caches = 2;
    situation.host.topology = host_of(shape);
    situation.domains[0].present.vcpus = {{0, {2}}, {1, {3}}, {2, {4}}, {3, {5}}};
    situation.domains[1].facts.vcpupins = {{0, {6}}, {1, {7}}};
    situation.domains[0].running = situation.domains[1].running = true;
    situation.domains[0].movable_memory = CpuSet{0};
    situation.host.node_memory = {{0, 16 * gib, 8 * gib}, {1, 16 * gib, 8 * gib}};
    CHECK(rebalance_of(situation).before.caches_crossed == 1);
    none_gained(situation);
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
