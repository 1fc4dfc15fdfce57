// NUMA cells of guests on several nodes: who gets them, and what else follows.
#include "daemon/plan/guest_cells.hpp"

#include <doctest/doctest.h>

#include "tests/unit/rules/paged_host.hpp"

namespace guest_cells_rule_test {

using namespace kvmtune;
using namespace kvmtune::plan;

namespace {

constexpr const char *numa = "cpu/numa";
constexpr const char *memnode = "numatune/memnode";

/// A guest of 8 GiB with more vCPUs than one node has CPUs, whose section allows cells.
Situation spread_guest(unsigned vcpus = 12) {
    Situation situation = paged_host({tuned_domain()});
    situation.domains[0].facts.vcpus = vcpus;
    situation.domains[0].policy->allow = {Disruption::guest_abi};
    return situation;
}

std::string wished(const Situation &situation, const std::string &element) {
    const Desired all = desired(situation);
    const auto wish = all.wishes.find({TargetKind::element, "uuid of web01", element});
    return wish == all.wishes.end() ? "no wish" : wish->second.value;
}

std::string pool_of(const Situation &situation, unsigned node) {
    const Desired all = desired(situation);
    const auto wish = all.wishes.find(pool_target({node, 2048}));
    return wish == all.wishes.end() ? "no wish" : wish->second.value;
}

bool is_told(const Situation &situation, const std::string &what) {
    const Desired all = desired(situation);
    return std::any_of(all.findings.begin(), all.findings.end(),
                       [&](const Finding &finding) { return finding.what.find(what) != std::string::npos; });
}

}  // namespace

TEST_CASE("a guest on two nodes is shown two cells, each with its vCPUs and its memory") {
    const Situation situation = spread_guest();
    CHECK(wished(situation, numa) == "0-5:4194304 6-11:4194304");
    CHECK(wished(situation, memnode) == "0 1");
    CHECK(wished(situation, "numatune/memory/mode") == "strict");
    CHECK(wished(situation, "numatune/memory/nodeset") == "0-1");
    CHECK(wished(situation, "cpu/topology").starts_with("sockets=2 "));
    CHECK(pool_of(situation, 0) == "2048");
    CHECK(pool_of(situation, 1) == "2048");
}

TEST_CASE("without its section's consent it is told what it could be shown, and nothing else follows") {
    Situation situation = spread_guest();
    situation.domains[0].policy->allow.clear();
    CHECK(wished(situation, numa) == "no wish");
    CHECK(wished(situation, memnode) == "no wish");
    CHECK(wished(situation, "numatune/memory/mode") == "restrictive");
    CHECK(wished(situation, "cpu/topology").starts_with("sockets=1 "));
    CHECK(is_told(situation, "held back: cpu/numa = 0-5:4194304 6-11:4194304 needs allow = [\"guest-abi\"]"));
}

TEST_CASE("a guest on one node gets none") {
    const Situation situation = spread_guest(4);
    CHECK(wished(situation, numa) == "no wish");
    CHECK_FALSE(is_told(situation, "cells"));
}

TEST_CASE("what the user says of cells and memory stays, and who wants none gets none") {
    const auto none = [](void (*change)(DomainSituation &)) {
        Situation situation = spread_guest();
        change(situation.domains[0]);
        return wished(situation, numa) == "no wish" && wished(situation, memnode) == "no wish" &&
               !is_told(situation, "NUMA cells");
    };
    CHECK(none([](DomainSituation &domain) { domain.policy->cells = false; }));
    CHECK(none([](DomainSituation &domain) { domain.policy->memory = MemoryPolicy::off; }));
    CHECK(none([](DomainSituation &domain) { domain.policy->memory = MemoryPolicy::preferred; }));
    CHECK(none([](DomainSituation &domain) { domain.facts.memory_nodes = CpuSet{0, 1}; }));
    CHECK(none([](DomainSituation &domain) { domain.facts.hotplug_memory = true; }));
    CHECK(none([](DomainSituation &domain) { domain.facts.backing.hugepages = true; }));
    CHECK(none([](DomainSituation &domain) {
        domain.facts.cpu = CpuModelFacts{};
        domain.facts.cpu->cells = {{0, CpuSet::range(0, 5), 4 * gib}, {1, CpuSet::range(6, 11), 4 * gib}};
    }));
}

TEST_CASE("vCPUs that are not shared out evenly make no cells") {
    CHECK(is_told(spread_guest(11),
                  "it is shown no NUMA cells: its vCPUs or its memory cannot be shared out evenly and "
                  "in order over nodes 0-1"));
}

TEST_CASE("a socket of the user's is not divided between cells") {
    Situation situation = spread_guest();
    situation.domains[0].facts.cpu = CpuModelFacts{};
    situation.domains[0].facts.cpu->topology = CpuTopology{3, 1, 1, 4, 1};
    CHECK(
        is_told(situation, "it is shown no NUMA cells: the sockets of its topology would be on several of nodes 0-1"));
    situation.domains[0].policy->named = {"topology"};
    situation.domains[0].policy->cpu_topology = false;
    CHECK(wished(situation, numa) == "no wish");
    situation.domains[0].facts.cpu->topology = CpuTopology{4, 1, 1, 3, 1};
    CHECK(wished(situation, numa) == "0-5:4194304 6-11:4194304");
}

TEST_CASE("cells are of whole pages of the largest size that the policy prefers and the memory is of") {
    Situation situation = spread_guest();
    situation.domains[0].facts.memory = 7 * gib;
    CHECK(wished(situation, numa) == "0-5:3670016 6-11:3670016");
    situation.policy.host.hugepages.page_kib = {1048576, 2048};
    CHECK(wished(situation, numa) == "0-5:4194304 6-11:3145728");
}

TEST_CASE("the pages of cells are not moved to a node with more room") {
    Situation situation = spread_guest();
    situation.host.node_memory[1].free = situation.policy.host.hugepages.kept_of(64 * gib) + 2 * gib;
    CHECK(wished(situation, "memoryBacking/hugepages") == "no wish");
    CHECK(is_told(situation, "its memory gets no huge pages: 2048 pages of 2 MiB on node 1 (4.0 GiB) are asked for"));
}

TEST_CASE("cells need a CPU of each node for QEMU, and their huge pages that it may read the nodes") {
    Situation situation = spread_guest();
    situation.domains[0].facts.emulatorpin = CpuSet{0};
    CHECK(wished(situation, numa) == "no wish");
    CHECK(wished(situation, "numatune/memory/mode") == "restrictive");
    CHECK(is_told(situation, "it is shown no NUMA cells: its emulatorpin shares no CPU with node 1"));
    situation = spread_guest();
    situation.host.qemu_reads_nodes = false;
    CHECK(wished(situation, numa) == "0-5:4194304 6-11:4194304");
    CHECK(wished(situation, "memoryBacking/hugepages") == "no wish");
    CHECK(is_told(situation, "numatune is strict, and QEMU would not start where AppArmor"));
}

TEST_CASE("cells that it was shown stay, wherever it sits later, as long as they are of its vCPUs and memory") {
    Situation situation = spread_guest(4);
    situation.domains[0].present.cells = {{0, CpuSet{0, 1}, 4 * gib}, {1, CpuSet{2, 3}, 4 * gib}};
    CHECK(wished(situation, numa) == "0-1:4194304 2-3:4194304");
    CHECK(wished(situation, memnode) == "0 0");
    CHECK(pool_of(situation, 0) == "4096");
    CHECK(pool_of(situation, 1) == "no wish");
    situation.domains[0].facts.memory = 6 * gib;
    CHECK(wished(situation, numa) == "no wish");
}

TEST_CASE("cells that it is shown are not taken from under what the user wrote since") {
    Situation situation = spread_guest();
    situation.domains[0].present.cells = {{0, CpuSet::range(0, 5), 4 * gib}, {1, CpuSet::range(6, 11), 4 * gib}};
    situation.domains[0].facts.memory_by_cell = true;
    CHECK(wished(situation, numa) == "0-5:4194304 6-11:4194304");
}

TEST_CASE("cells of another page size than is preferred now keep the pages that fit them") {
    Situation situation = spread_guest();
    situation.domains[0].facts.memory = 7 * gib;
    situation.domains[0].present.cells = {{0, CpuSet::range(0, 5), 7 * gib / 2},
                                          {1, CpuSet::range(6, 11), 7 * gib / 2}};
    situation.policy.host.hugepages.page_kib = {1048576, 2048};
    CHECK(wished(situation, "memoryBacking/hugepages") == "default");
    CHECK(pool_of(situation, 0) == "1792");
    situation.policy.host.hugepages.page_kib = {1048576};
    CHECK(wished(situation, "memoryBacking/hugepages") == "no wish");
    CHECK(is_told(situation, "the memory of its NUMA cells is no multiple of 1 GiB"));
}

TEST_CASE(
    "a guest that is to migrate is not bound by cells, and one that is only looked at before it starts gets none") {
    Situation situation = spread_guest();
    situation.domains[0].policy->migratable = true;
    CHECK(wished(situation, numa) == "no wish");
    CHECK(wished(situation, memnode) == "no wish");
    situation = spread_guest();
    situation.host_only = true;
    CHECK(mirrored_cells(situation.domains[0], situation, placement_of(situation)).cells.empty());
}

TEST_CASE("memory that is allocated at the start needs nodes that QEMU may read") {
    Situation situation = spread_guest();
    situation.domains[0].facts.backing.allocation = "immediate";
    CHECK(wished(situation, numa) == "0-5:4194304 6-11:4194304");
    situation.host.qemu_reads_nodes = false;
    CHECK(wished(situation, numa) == "no wish");
}

TEST_CASE("cells as text, and back") {
    const std::vector<GuestCell> cells = {{0, CpuSet::range(0, 5), 4 * gib}, {1, CpuSet::range(6, 11), 4 * gib}};
    CHECK(text_of(cells) == "0-5:4194304 6-11:4194304");
    CHECK(cells_from(text_of(cells)) == cells);
    for (const char *text : {"", "0-5", "0-5:", ":4", "x:4", "0-5:4 and more", "0-5:-4"})
        CHECK(cells_from(text).empty());
}

}  // namespace guest_cells_rule_test
