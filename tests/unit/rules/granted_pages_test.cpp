// Memory in pieces: what the kernel refused since the boot, and what is likely to be refused.
#include <doctest/doctest.h>

#include "tests/unit/rules/paged_host.hpp"

namespace granted_pages_test {

using namespace kvmtune;
using namespace kvmtune::plan;

namespace {

constexpr const char *pool0 = "node0/2048kB";

/// Two guests of 4096 pages each, on a node that gave 5000 when it was asked for all of them.
Situation partly_granted() {
    Situation situation = paged_host({on_node(tuned_domain("alpha"), 0), on_node(tuned_domain("omega"), 0)});
    situation.host.node_memory[0].free_blocks = {{4, 9000}, {2048, 1000}, {4096, 2000}};
    situation.host.pools[0].limit = PoolLimit{5000, 5000};
    return situation;
}

bool covered(const Situation &situation, const std::string &name) {
    return huge_page_plan(situation, placement_of(situation)).covers("uuid of " + name);
}

}  // namespace

TEST_CASE("guests get pages as far as the kernel gave them, and the others keep small ones, with all numbers") {
    const Situation situation = partly_granted();
    CHECK(covered(situation, "alpha"));
    CHECK_FALSE(covered(situation, "omega"));
    const Proposal proposal = page_proposal(situation);
    CHECK(value_of(proposal, TargetKind::pool, pool0) == "4096");
    REQUIRE(proposal.findings.size() == 1);
    CHECK(proposal.findings[0].about == "omega");
    CHECK(proposal.findings[0].what ==
          "its memory gets no huge pages: 8192 pages of 2 MiB on node 0 (16.0 GiB) are asked for: the kernel gave no "
          "more than 5000; 60.0 GiB of node 0 are free, 9.7 GiB of them in blocks that hold a page of 2 MiB; stop "
          "guests that run on small pages there, or boot with `hugepagesz=2M hugepages=0:8192`");
}

TEST_CASE("no definition has huge pages that the kernel did not give") {
    for (std::uint64_t granted = 0; granted <= 3 * 4096; granted += 512) {
        CAPTURE(granted);
        Situation situation = paged_host({tuned_domain("a"), tuned_domain("b"), tuned_domain("c")});
        for (HugePagePool &pool : situation.host.pools) pool.limit = PoolLimit{pool.node == 0 ? granted : 0, granted};
        const HugePagePlan plan = huge_page_plan(situation, placement_of(situation));
        std::uint64_t pages = 0;
        for (const auto &[uuid, claim] : plan.claims) pages += claim.pages_of({0, 2048});
        CHECK(pages <= granted);
        for (const auto &[uuid, claim] : plan.claims)
            for (const PoolName &pool : claim.pools()) CHECK(plan.pools.at(pool) >= claim.pages_of(pool));
    }
}

TEST_CASE("who runs on huge pages keeps them before those that are off, and those before newcomers") {
    Situation situation = partly_granted();
    situation.domains[1].present.huge_pages = true;
    CHECK(covered(situation, "omega"));
    CHECK_FALSE(covered(situation, "alpha"));
    situation.domains[0].present.huge_pages = true;
    CHECK(covered(situation, "alpha"));
    situation.domains[1].running = true;
    situation.domains[1].huge_pages_of = CpuSet{0};
    CHECK(covered(situation, "omega"));
    CHECK_FALSE(covered(situation, "alpha"));
}

TEST_CASE("... or once as much is free, with what files' caches would give up") {
    Situation situation = partly_granted();
    situation.host.pools[0].limit->free = 55 * gib;
    situation.host.node_memory[0].free = 61 * gib;
    CHECK_FALSE(covered(situation, "omega"));  // 3192 pages are missing, 6.2 GiB
    situation.host.node_memory[0].free = 62 * gib;
    CHECK(covered(situation, "omega"));
}

TEST_CASE("what was refused is asked for again once as much lies free in large blocks, in the pool or beside it") {
    Situation situation = partly_granted();
    situation.host.node_memory[0].free_blocks = {{4, 1}, {2048, 0}, {4096, 4095}};
    CHECK_FALSE(covered(situation, "omega"));
    situation.host.node_memory[0].free_blocks = {{4, 1}, {2048, 2}, {4096, 4095}};
    CHECK(covered(situation, "omega"));
    situation.host.node_memory[0].free_blocks = {{4, 1}, {2048, 0}, {4096, 0}};
    situation.host.pools[0].ours = 8192;
    CHECK(covered(situation, "omega"));
}

TEST_CASE("a fixed pool is as large as the kernel lets it be") {
    Situation situation = partly_granted();
    situation.policy.host.hugepages.pool = HugePagePolicy::Pool::fixed;
    situation.policy.host.hugepages.pages = 8192;
    const Proposal proposal = page_proposal(situation);
    CHECK(value_of(proposal, TargetKind::pool, pool0) == "5000");
    CHECK(value_of(proposal, TargetKind::pool, "node1/2048kB") == "8192");
    CHECK(proposal.findings.front().about == "pool:node0/2048kB");
    CHECK(covered(situation, "alpha"));
    CHECK_FALSE(covered(situation, "omega"));
}

TEST_CASE("it is said before when memory must be moved to make a pool, and how to do without") {
    Situation situation = paged_host({tuned_domain()});
    situation.host.node_memory[0].free_blocks = {{4, 9000}, {2048, 2000}, {4096, 1047}};
    const Proposal proposal = page_proposal(situation);
    CHECK(value_of(proposal, TargetKind::pool, pool0) == "4096");
    REQUIRE(proposal.findings.size() == 1);
    CHECK(proposal.findings[0].about == "pool:node0/2048kB");
    CHECK(proposal.findings[0].what ==
          "4096 more pages need memory to be moved, and fewer may come of it: 60.0 GiB of node 0 are free, 7.9 GiB of "
          "them in blocks that hold a page of 2 MiB; `hugepagesz=2M hugepages=0:4096` would make them at boot");
    situation.host.node_memory[0].free_blocks = {{4, 9000}, {2048, 2000}, {4096, 1048}};
    CHECK(page_proposal(situation).findings.empty());
}

TEST_CASE("a page that no block holds needs many blocks side by side") {
    const NodeMemory memory{1, 64 * gib, 20 * gib, {{4, 100}, {2048, 512}, {4096, 1024}}};
    CHECK(memory.in_blocks_for(4) == 5 * gib + 400 * 1024);
    CHECK(memory.in_blocks_for(2048) == 5 * gib);
    CHECK(memory.in_blocks_for(1048576) == 4 * gib);
    CHECK(NodeMemory{}.in_blocks_for(2048) == 0);
}

TEST_CASE("a node without memory is named with those that have some") {
    Situation situation = paged_host({on_node(tuned_domain(), 1)});
    situation.host.node_memory[1] = {1, 0, 0};
    const Proposal proposal = page_proposal(situation);
    REQUIRE(proposal.findings.size() == 1);
    CHECK(proposal.findings[0].what == "its memory gets no huge pages: node 1 has no memory; nodes that have: 0");
}

TEST_CASE("pages of the user's own that are no whole ones are rounded up for each cell") {
    Situation situation = paged_host({with_pages(tuned_domain())});
    DomainFacts &facts = situation.domains[0].facts;
    facts.memory = 8 * gib + 1024;
    CHECK(value_of(page_proposal(situation), TargetKind::pool, pool0) == "4097");
    facts.memory = 8 * gib;
    facts.cpu = CpuModelFacts{};
    facts.cpu->cells = {{0, {0}, 4 * gib + 1024}, {1, {1}, 4 * gib - 1024}};
    CHECK(value_of(page_proposal(situation), TargetKind::pool, pool0) == "4097");
    facts.cpu->cells = {{0, {0}, 4 * gib}, {1, {1}, 4 * gib}};
    CHECK(value_of(page_proposal(situation), TargetKind::pool, pool0) == "4096");
}

}  // namespace granted_pages_test
