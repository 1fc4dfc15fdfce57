// Which page size a guest's memory gets, where the policy names several.
#include <doctest/doctest.h>

#include "tests/unit/rules/paged_host.hpp"

namespace page_sizes_test {

using namespace kvmtune;
using namespace kvmtune::plan;

namespace {

constexpr std::uint64_t of_2_mib = 2048;
constexpr std::uint64_t of_1_gib = 1048576;

/// The policy wants pages of 1 GiB, or else of 2 MiB.
Situation laddered(const std::vector<DomainSituation> &domains) {
    Situation situation = paged_host(domains);
    situation.policy.host.hugepages.page_kib = {of_1_gib, of_2_mib};
    return situation;
}

/// The size in KiB of a domain's pages, and why not a larger one.
std::pair<std::uint64_t, std::string> pages_of(const Situation &situation, const std::string &name = "web01") {
    const HugePagePlan plan = huge_page_plan(situation, placement_of(situation));
    const auto claim = plan.claims.find("uuid of " + name);
    if (claim == plan.claims.end()) return {0, plan.findings.empty() ? "" : plan.findings.front().what};
    return {claim->second.page_kib, claim->second.instead_of};
}

HugePagePool &pool_in(Situation &situation, std::uint64_t page_kib) {
    return situation.host.pools[page_kib == of_2_mib ? 0 : 1];
}

}  // namespace

TEST_CASE("the first page size that the node has room for is taken") {
    const Situation situation = laddered({tuned_domain()});
    CHECK(pages_of(situation).first == of_1_gib);
    CHECK(value_of(page_proposal(situation), TargetKind::pool, "node0/1048576kB") == "8");
    CHECK(value_of(page_proposal(situation), TargetKind::pool, "node0/2048kB") == "no wish");
}

TEST_CASE("memory that is no multiple of a large page is of smaller ones") {
    Situation situation = laddered({tuned_domain()});
    situation.domains[0].facts.memory = 1536 * (gib / 1024);
    CHECK(pages_of(situation) == std::pair(of_2_mib, std::string("of 1 GiB: its memory is no multiple of 1 GiB")));
    const Proposal proposal = page_proposal(situation);
    CHECK(value_of(proposal, TargetKind::pool, "node0/2048kB") == "768");
    CHECK(find(proposal, TargetKind::element, "memoryBacking/hugepages")
              ->because.ends_with("; no others: of 1 GiB: its memory is no multiple of 1 GiB"));
    CHECK(proposal.findings.empty());
}

TEST_CASE("where the kernel refused large pages, as many guests as fit have those that it gave, the others smaller") {
    Situation situation = laddered({on_node(tuned_domain("alpha"), 0), on_node(tuned_domain("omega"), 0)});
    pool_in(situation, of_1_gib).limit = PoolLimit{9, 9};
    CHECK(pages_of(situation, "alpha").first == of_1_gib);
    CHECK(pages_of(situation, "omega").first == of_2_mib);
    CHECK(value_of(page_proposal(situation), TargetKind::pool, "node0/1048576kB") == "8");
    CHECK(value_of(page_proposal(situation), TargetKind::pool, "node0/2048kB") == "4096");
}

TEST_CASE("a page size that is not mounted, or that the processor has not, is passed over") {
    Situation situation = laddered({tuned_domain()});
    situation.host.hugetlbfs_pages = std::set<std::uint64_t>{of_2_mib};
    CHECK(pages_of(situation).first == of_2_mib);
    situation.host.hugetlbfs_pages.reset();
    situation.host.pools = {{0, of_2_mib}, {1, of_2_mib}};
    CHECK(pages_of(situation).first == of_2_mib);
}

TEST_CASE("where definitions stay as they are nobody new gets huge pages") {
    Situation situation = laddered({tuned_domain(), tuned_domain("db01")});
    situation.domains[1].present.huge_pages = true;
    situation.host_only = true;
    CHECK(pages_of(situation, "web01").first == 0);
    CHECK(pages_of(situation, "db01").first == of_2_mib);
}

TEST_CASE("a size that needs a consent comes after one that needs none") {
    Situation situation = laddered({tuned_domain()});
    situation.policy.host.hugepages.pool = HugePagePolicy::Pool::off;
    pool_in(situation, of_1_gib).total = pool_in(situation, of_1_gib).free = 8;
    CHECK(pages_of(situation).first == of_1_gib);
    pool_in(situation, of_2_mib).total = pool_in(situation, of_2_mib).free = 4096;
    situation.host.sysctl_lines = {{"etc/sysctl.d/90-pages.conf", 1, "vm.nr_hugepages", "8192"}};
    CHECK(pages_of(situation).first == of_2_mib);
}

TEST_CASE("a guest keeps the page size that it has, while the policy still names it") {
    Situation situation = laddered({tuned_domain()});
    situation.domains[0].present.huge_pages = true;
    CHECK(pages_of(situation) == std::pair(of_2_mib, std::string()));
    situation.domains[0].present.page_kib = of_1_gib;
    CHECK(pages_of(situation).first == of_1_gib);
    situation.policy.host.hugepages.page_kib = {of_2_mib};
    CHECK(pages_of(situation).first == of_2_mib);
}

TEST_CASE("to seat all anew gives a guest that is off the better size, and leaves one that runs alone") {
    Situation situation = laddered({tuned_domain()});
    situation.domains[0].present.huge_pages = true;
    situation.rebalance = true;
    CHECK(pages_of(situation).first == of_1_gib);
    situation.domains[0].running = true;
    CHECK(pages_of(situation).first == of_2_mib);
}

TEST_CASE("pages that a guest runs on are not taken for pages of the size that it is to have") {
    Situation situation = paged_host({on_node(tuned_domain(), 0), on_node(tuned_domain("db01"), 0)});
    situation.policy.host.hugepages.page_kib = {of_1_gib};
    situation.domains[0].running = true;
    situation.domains[0].huge_pages_of = CpuSet{0};
    pool_in(situation, of_2_mib).total = 4096;
    pool_in(situation, of_1_gib).total = 8;  // in use by somebody else
    CHECK(value_of(page_proposal(situation), TargetKind::pool, "node0/1048576kB") == "24");
}

TEST_CASE("pages of 1 GiB are lent at a start only where they are there already, if smaller ones would do") {
    Situation situation = laddered({tuned_domain()});
    situation.policy.host.hugepages.pool = HugePagePolicy::Pool::on_demand;
    CHECK(pages_of(situation) ==
          std::pair(of_2_mib, std::string("of 1 GiB: the pool of node 0 has 0 pages of 1 GiB, and all who use it need "
                                          "8: the kernel hardly makes more of them when a guest starts, but "
                                          "`hugepagesz=1G hugepages=0:8` does at boot")));
    pool_in(situation, of_1_gib).total = pool_in(situation, of_1_gib).free = 8;
    CHECK(pages_of(situation).first == of_1_gib);
    pool_in(situation, of_1_gib).total = pool_in(situation, of_1_gib).free = 0;
    situation.policy.host.hugepages.page_kib = {of_1_gib};
    CHECK(pages_of(situation).first == of_1_gib);
}

TEST_CASE("where no size serves, each says why, and what holds for all of them is said once") {
    Situation situation = laddered({tuned_domain()});
    situation.policy.host.hugepages.pool = HugePagePolicy::Pool::off;
    CHECK(pages_of(situation).second ==
          "its memory gets no huge pages: of 1 GiB: the pool of node 0 has 0 pages of 1 GiB, and all who use it need "
          "8; of 2 MiB: the pool of node 0 has 0 pages of 2 MiB, and all who use it need 4096");
    situation.domains[0].facts.backing.source = "anonymous";
    CHECK(pages_of(situation).second == "its memory gets no huge pages: its memory is anonymous");
}

TEST_CASE("without huge pages of a pool, it is said whether transparent ones serve") {
    Situation situation = laddered({tuned_domain()});
    situation.policy.host.hugepages.pool = HugePagePolicy::Pool::off;
    situation.domains[0].facts.backing.source = "anonymous";
    situation.host.transparent_pages = "madvise";
    CHECK(pages_of(situation).second ==
          "its memory gets no huge pages: its memory is anonymous; transparent ones serve it (madvise)");
    situation.host.transparent_pages = "never";
    const Proposal proposal = page_proposal(situation);
    REQUIRE(proposal.findings.size() == 2);
    CHECK(proposal.findings[0].what == "its memory gets no huge pages: its memory is anonymous");
    CHECK(proposal.findings[1].about == "transparent huge pages");
    CHECK(
        proposal.findings[1].what.starts_with("they are switched off, so the memory of web01 is of the smallest "
                                              "pages: `echo madvise >"));
    situation.domains[0].facts.backing.source.clear();
    situation.policy.host.hugepages.pool = HugePagePolicy::Pool::reserve;
    CHECK(page_proposal(situation).findings.empty());
}

}  // namespace page_sizes_test
