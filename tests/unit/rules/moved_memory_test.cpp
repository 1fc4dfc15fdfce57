// The memory of guests that run goes where their vCPUs go, when somebody rebalances.
#include <doctest/doctest.h>

#include "tests/unit/rules/situations.hpp"

namespace moved_memory_test {

using namespace kvmtune;
using namespace kvmtune::plan;

namespace {

/// A guest that runs on node 1, with memory of node 0 that can move.
Situation running() {
    Situation situation = host_with({tuned_domain()});
    DomainSituation &domain = situation.domains[0];
    domain.running = true;
    domain.present.vcpus = {{0, {10}}, {1, {11}}, {2, {12}}, {3, {13}}};
    domain.movable_memory = CpuSet{0};
    return situation;
}

std::string nodes_wished(const Situation &situation) {
    return value_of(placed(rules::moved_memory, situation), TargetKind::affinity, "memory/nodes");
}

}  // namespace

TEST_CASE("memory moves when somebody rebalances, and follows its guest from then on") {
    Situation situation = running();
    CHECK(nodes_wished(situation) == "no wish");
    situation.domains[0].moved_memory = CpuSet{0};
    CHECK(nodes_wished(situation) == "1");
    situation.domains[0].moved_memory = std::nullopt;
    situation.rebalance = true;
    CHECK(nodes_wished(situation) == "1");
    situation.domains[0].running = false;
    CHECK(nodes_wished(situation) == "no wish");
}

TEST_CASE("memory that cannot move stays, also where we have moved it before") {
    const auto wished = [](void (*change)(DomainSituation &)) {
        Situation situation = running();
        situation.rebalance = true;
        change(situation.domains[0]);
        std::string without = nodes_wished(situation);
        situation.domains[0].moved_memory = CpuSet{0};
        return without + ", " + nodes_wished(situation);
    };
    CHECK(wished([](DomainSituation &) {}) == "1, 1");
    CHECK(wished([](DomainSituation &domain) { domain.movable_memory = std::nullopt; }) == "no wish, 0");
    CHECK(wished([](DomainSituation &domain) { domain.persistent = false; }) == "no wish, 0");
    CHECK(wished([](DomainSituation &domain) { domain.facts.memory_nodes = CpuSet{1}; }) == "no wish, 0");
    CHECK(wished([](DomainSituation &domain) { domain.facts.memory_by_cell = true; }) == "no wish, 0");
    CHECK(wished([](DomainSituation &domain) { domain.facts.backing.hugepages = true; }) == "no wish, 0");
    CHECK(wished([](DomainSituation &domain) { domain.policy->memory = MemoryPolicy::off; }) == "no wish, 0");
    CHECK(wished([](DomainSituation &domain) { domain.policy->memory = MemoryPolicy::preferred; }) == "no wish, 0");
    CHECK(wished([](DomainSituation &domain) { domain.facts.emulatorpin = CpuSet{1}; }) == "no wish, 0");
    CHECK(wished([](DomainSituation &domain) { domain.policy = std::nullopt; }) == "no wish, no wish");
}

TEST_CASE("nobody takes a place before all memory has moved") {
    Situation situation = running();
    situation.domains.push_back(tuned_domain("web02"));
    const Target memory = memory_target("uuid of web01");
    const auto waits = [&](const std::string &guest, TargetKind kind, const std::string &name) {
        const Desired all = desired(situation);
        const auto wish = all.wishes.find({kind, "uuid of " + guest, name});
        REQUIRE(wish != all.wishes.end());
        const auto &first = wish->second.requires_first;
        return std::count(first.begin(), first.end(), memory) == 1;
    };
    CHECK_FALSE(waits("web01", TargetKind::affinity, "vcpu/0"));
    situation.rebalance = true;
    CHECK(waits("web01", TargetKind::affinity, "vcpu/0"));
    CHECK(waits("web01", TargetKind::element, "numatune/memory/nodeset"));
    CHECK(waits("web02", TargetKind::element, "cputune/vcpupin/0"));
    CHECK_FALSE(waits("web02", TargetKind::element, "channel/org.kvmtune.agent.0"));
    CHECK_FALSE(waits("web01", TargetKind::affinity, "memory/nodes"));
    situation.domains[0].movable_memory = CpuSet{1};
    CHECK_FALSE(waits("web01", TargetKind::affinity, "vcpu/0"));
}

}  // namespace moved_memory_test
