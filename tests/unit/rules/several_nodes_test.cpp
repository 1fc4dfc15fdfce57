// Huge pages of guests whose memory is on more than one NUMA node.
#include <doctest/doctest.h>

#include "daemon/plan/page_shares.hpp"
#include "tests/unit/rules/paged_host.hpp"

namespace several_nodes_test {

using namespace kvmtune;
using namespace kvmtune::plan;

namespace {

constexpr const char *element = "memoryBacking/hugepages";
constexpr const char *pool0 = "node0/2048kB";
constexpr const char *pool1 = "node1/2048kB";

/// A guest of 8 GiB with more vCPUs than one node has CPUs.
Situation spread_guest() {
    Situation situation = paged_host({tuned_domain()});
    situation.domains[0].facts.vcpus = 12;
    REQUIRE(placement_of(situation).seats.at("uuid of web01").nodes == CpuSet{0, 1});
    return situation;
}

std::string pool_value(const Situation &situation, const char *pool) {
    return value_of(page_proposal(situation), TargetKind::pool, pool);
}

}  // namespace

TEST_CASE("a guest on two nodes has half of its pages on each, and needs both pools") {
    const Proposal proposal = page_proposal(spread_guest());
    CHECK(value_of(proposal, TargetKind::pool, pool0) == "2048");
    CHECK(value_of(proposal, TargetKind::pool, pool1) == "2048");
    const Wish *const wish = find(proposal, TargetKind::element, element);
    REQUIRE(wish != nullptr);
    CHECK(wish->because.starts_with("huge pages: 2048 of 2 MiB on node 0 and 2048 on node 1 hold its memory"));
    REQUIRE(wish->requires_first.size() == 3);
    CHECK(wish->requires_first[0] == pool_target({0, 2048}));
    CHECK(wish->requires_first[1] == pool_target({1, 2048}));
}

TEST_CASE("a node with less room has a smaller share, the other one the rest") {
    Situation situation = spread_guest();
    situation.host.node_memory[1].free = situation.policy.host.hugepages.kept_of(64 * gib) + 2 * gib;
    CHECK(pool_value(situation, pool0) == "3072");
    CHECK(pool_value(situation, pool1) == "1024");
}

TEST_CASE("a guest for which the nodes have no room together is left out, and told what is there") {
    Situation situation = spread_guest();
    const std::uint64_t kept = situation.policy.host.hugepages.kept_of(64 * gib);
    situation.host.node_memory[0].free = kept + 1 * gib;
    situation.host.node_memory[1].free = kept + 2 * gib;
    const Proposal proposal = page_proposal(situation);
    CHECK(value_of(proposal, TargetKind::element, element) == "no wish");
    CHECK(value_of(proposal, TargetKind::pool, pool0) == "no wish");
    REQUIRE(proposal.findings.size() == 1);
    const std::string &what = proposal.findings[0].what;
    CAPTURE(what);
    CHECK(
        what.starts_with("its memory gets no huge pages: nodes 0-1 together have room for 1536 of 4096 pages of "
                         "2 MiB; for its share alone, 2048 pages of 2 MiB on node 0 (4.0 GiB) are asked for: "));
}

TEST_CASE("once it runs on its pages, however they came to be divided, it asks for the same pools") {
    Situation situation = spread_guest();
    for (HugePagePool &pool : situation.host.pools)
        if (pool.page_kib == 2048) pool.ours = 2048;
    for (NodeMemory &memory : situation.host.node_memory) memory.free -= 4 * gib;
    DomainSituation &domain = situation.domains[0];
    domain.running = true;
    domain.present.huge_pages = true;
    domain.huge_pages_of = CpuSet{0, 1};
    for (HugePagePool &pool : situation.host.pools)
        if (pool.page_kib == 2048) pool.surplus = 2048;
    CHECK(pool_value(situation, pool0) == "2048");
    CHECK(pool_value(situation, pool1) == "2048");
}

TEST_CASE("pages that others use on one of the nodes stay theirs") {
    Situation situation = spread_guest();
    situation.host.pools[0] = {0, 2048, 500, 100};
    CHECK(pool_value(situation, pool0) == "2448");
    CHECK(pool_value(situation, pool1) == "2048");
}

TEST_CASE("a definition's own pages are made on the nodes that its numatune names") {
    Situation situation = paged_host({with_pages(tuned_domain())});
    situation.domains[0].facts.memory_mode = "interleave";
    situation.domains[0].facts.memory_nodes = CpuSet{0, 1};
    CHECK(pool_value(situation, pool0) == "2048");
    CHECK(pool_value(situation, pool1) == "2048");
}

TEST_CASE("pages of a guest that numatune would prefer on one node are not spread") {
    Situation situation = spread_guest();
    situation.domains[0].policy->memory = MemoryPolicy::preferred;
    const Proposal proposal = page_proposal(situation);
    CHECK(value_of(proposal, TargetKind::element, element) == "no wish");
    REQUIRE(proposal.findings.size() == 1);
    CHECK(proposal.findings[0].what ==
          "its memory gets no huge pages: numatune's preferred takes one node, and its vCPUs are on nodes 0-1");
}

TEST_CASE("pages are divided by weight, and as far as there is room") {
    CHECK(weighted_shares(10, {{0, 1}, {2, 1}}) == PageShares{{0, 5}, {2, 5}});
    CHECK(weighted_shares(5, {{0, 1}, {1, 1}}) == PageShares{{0, 3}, {1, 2}});
    CHECK(weighted_shares(12, {{0, 8}, {1, 4}}) == PageShares{{0, 8}, {1, 4}});
    CHECK(weighted_shares(1, {{3, 1}, {4, 1}}) == PageShares{{3, 1}});
    CHECK(weighted_shares(7, {{6, 1}}) == PageShares{{6, 7}});
    CHECK(weighted_shares(7, {}).empty());
    CHECK(shares_within(12, {{0, 2}, {1, 100}, {2, 4}}) == PageShares{{0, 2}, {1, 6}, {2, 4}});
    CHECK(shares_within(12, {{0, 0}, {1, 100}}) == PageShares{{1, 12}});
    CHECK(shares_within(12, {{0, 3}, {1, 4}}) == PageShares{{0, 3}, {1, 4}});
    CHECK(shares_within(12, {}).empty());
}

}  // namespace several_nodes_test
