// Huge pages: the rule, and the plan of pools that it stands on.
#include "daemon/plan/huge_page_plan.hpp"

#include <doctest/doctest.h>

#include "tests/unit/rules/paged_host.hpp"

namespace huge_pages_test {

using namespace kvmtune;
using namespace kvmtune::plan;

namespace {

constexpr const char *element = "memoryBacking/hugepages";
constexpr const char *file = "etc/tmpfiles.d/kvmtune.conf";
const Target node0 = pool_target({0, 2048});

void check_left_out(const Proposal &proposal, const std::string &what) {
    CHECK(value_of(proposal, TargetKind::element, element) == "no wish");
    REQUIRE(proposal.findings.size() == 1);
    CHECK(proposal.findings[0].about == "web01");
    CHECK(proposal.findings[0].what == "its memory gets no huge pages: " + what);
}

/// The same situation once what it asks for is there, and the domain runs on it.
Situation fulfilled(Situation situation) {
    const Proposal proposal = page_proposal(situation);
    for (HugePagePool &pool : situation.host.pools) {
        const Wish *const wish = find(proposal, TargetKind::pool, pool_target({pool.node, pool.page_kib}).name);
        if (wish == nullptr) continue;
        const std::uint64_t wanted = std::stoull(wish->value);
        const std::uint64_t more = wanted - pool.total - pool.ours;
        pool.ours += more;
        for (NodeMemory &memory : situation.host.node_memory)
            if (memory.node == pool.node) memory.free -= more * pool.page_kib * 1024;
    }
    return situation;
}

}  // namespace

TEST_CASE("a domain gets huge pages, and its node a pool of as many, before it and at boot") {
    const Proposal proposal = page_proposal(paged_host({tuned_domain()}));
    const Wish *const pages = find(proposal, TargetKind::element, element);
    REQUIRE(pages != nullptr);
    CHECK(pages->value == "default");
    CHECK(pages->disruption == Disruption::binding);
    CHECK(pages->requires_first == std::vector<Target>{node0, {TargetKind::file, "", file}});
    CHECK(value_of(proposal, TargetKind::pool, "node0/2048kB") == "4096");
    CHECK(find(proposal, TargetKind::pool, "node0/2048kB")->survives_boot);
    CHECK(value_of(proposal, TargetKind::pool, "node1/2048kB") == "no wish");
    CHECK(value_of(proposal, TargetKind::file, file) ==
          "# Written by kvmtune; kvmtune rollback --all takes it back.\n"
          "w! /sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages - - - - 4096\n");
    CHECK(proposal.findings.empty());
}

TEST_CASE("a page size that is not the host's default is named") {
    Situation situation = paged_host({tuned_domain()});
    situation.policy.host.hugepages.page_kib = {1048576};
    const Proposal proposal = page_proposal(situation);
    CHECK(value_of(proposal, TargetKind::element, element) == "1048576");
    CHECK(value_of(proposal, TargetKind::pool, "node0/1048576kB") == "8");
    situation.host.default_page_kib = 1048576;
    CHECK(value_of(page_proposal(situation), TargetKind::element, element) == "default");
}

TEST_CASE("pages that others use stay theirs, and free ones count") {
    Situation situation = paged_host({tuned_domain()});
    HugePagePool &pool = situation.host.pools[0];
    pool.total = 1000;
    SUBCASE("all in use") {
        CHECK(value_of(page_proposal(situation), TargetKind::pool, "node0/2048kB") == "5096");
    }
    SUBCASE("some in use") {
        pool.free = 400;
        CHECK(value_of(page_proposal(situation), TargetKind::pool, "node0/2048kB") == "4696");
    }
    SUBCASE("more in use than the pool has") {
        pool.surplus = 50;
        CHECK(value_of(page_proposal(situation), TargetKind::pool, "node0/2048kB") == "5146");
    }
    SUBCASE("none in use") {
        pool.free = 1000;
        CHECK(value_of(page_proposal(situation), TargetKind::pool, "node0/2048kB") == "4096");
    }
    SUBCASE("more of them than are needed: the pool stays as it is, and is made to last") {
        pool.total = pool.free = 9000;
        const Proposal proposal = page_proposal(situation);
        CHECK(value_of(proposal, TargetKind::pool, "node0/2048kB") == "9000");
        CHECK(value_of(proposal, TargetKind::element, element) == "default");
        CHECK(value_of(proposal, TargetKind::file, file).ends_with(" 9000\n"));
    }
}

TEST_CASE("pages that other definitions want of the pool are not given away") {
    DomainSituation theirs = with_pages(domain_named("theirs"));
    Situation situation = paged_host({tuned_domain(), theirs});
    situation.host.pools[0].total = situation.host.pools[0].free = 4096;
    CHECK(value_of(page_proposal(situation), TargetKind::pool, "node0/2048kB") == "8192");
    SUBCASE("nor counted twice while that domain runs on them") {
        situation.domains[1].running = true;
        situation.host.pools[0].free = 0;
        CHECK(value_of(page_proposal(situation), TargetKind::pool, "node0/2048kB") == "8192");
    }
    SUBCASE("but on another node they do not matter") {
        situation.domains[1] = on_node(theirs, 1);
        CHECK(value_of(page_proposal(situation), TargetKind::pool, "node0/2048kB") == "4096");
    }
}

TEST_CASE("what was asked for is asked for again once it is there, whether the guest runs on it or not") {
    for (const std::uint64_t theirs : {0u, 1500u, 6000u}) {
        CAPTURE(theirs);
        Situation situation = paged_host({tuned_domain(), tuned_domain("db01")});
        situation.host.pools[0].total = theirs;
        situation.host.pools[0].free = theirs / 2;
        const Proposal first = page_proposal(situation);
        Situation after = fulfilled(situation);
        CHECK(page_proposal(after) == first);

        // One of them starts on pages of the pool: the free ones of others first, then ours.
        DomainSituation &guest = after.domains[0];
        guest.running = true;
        guest.present.huge_pages = true;
        guest.huge_pages_of = CpuSet{0};
        HugePagePool &pool = after.host.pools[0];
        const std::uint64_t from_free = std::min<std::uint64_t>(pool.free, 4096);
        pool.free -= from_free;
        pool.surplus += 4096 - from_free;
        CHECK(page_proposal(after).wishes == first.wishes);
    }
}

TEST_CASE("a pool that is there stays, though free memory has become scarce since") {
    Situation situation = fulfilled(paged_host({tuned_domain()}));
    situation.host.node_memory[0].free = gib;
    CHECK(value_of(page_proposal(situation), TargetKind::pool, "node0/2048kB") == "4096");
}

TEST_CASE("a pool comes out of memory that is free now, and the node keeps what the policy says") {
    Situation situation = paged_host({tuned_domain()});
    SUBCASE("too little is free") {
        situation.host.node_memory[0].free = 10 * gib;
        check_left_out(page_proposal(situation),
                       "4096 pages of 2 MiB on node 0 (8.0 GiB) are asked for: 10.0 GiB are free now, of which the "
                       "host keeps 6.3 GiB (keep_free); 4.4 GiB more would do: stop guests that run on small pages "
                       "there, or say keep_free = \"2048MiB\" in [host.hugepages]");
        CHECK(page_proposal(situation).wishes.empty());
        situation.policy.host.hugepages.keep_free_bytes = 2 * gib;
        CHECK(value_of(page_proposal(situation), TargetKind::pool, "node0/2048kB") == "4096");
    }
    SUBCASE("the node is too small for it") {
        situation.policy.host.hugepages.keep_free_percent = 95;
        check_left_out(
            page_proposal(situation),
            "4096 pages of 2 MiB on node 0 (8.0 GiB) are asked for: it has 64.0 GiB, of which the host "
            "keeps 60.7 GiB (keep_free), and other pools 0.0 GiB; give its guests less memory or another node, "
            "or say keep_free = \"57344MiB\" in [host.hugepages]");
    }
    SUBCASE("pools of other page sizes take their part") {
        situation.host.pools[1].total = 50;
        CHECK(page_proposal(situation).wishes.empty());
    }
    SUBCASE("free memory is not known") {
        situation.host.node_memory.clear();
        check_left_out(page_proposal(situation), "how much memory of node 0 is free is not known");
    }
}

TEST_CASE("memory that QEMU binds itself is of huge pages only where QEMU may read the CPUs of nodes") {
    Situation situation = paged_host({tuned_domain()});
    const auto covered = [&] { return huge_page_plan(situation, placement_of(situation)).covers("uuid of web01"); };
    for (const std::optional<bool> reads : {std::optional<bool>(), std::optional(false)}) {
        situation.host.qemu_reads_nodes = reads;
        situation.domains[0] = tuned_domain();
        CHECK(covered());  // restrictive: libvirt binds it
        situation.domains[0].policy->memory = MemoryPolicy::strict;
        CHECK_FALSE(covered());
        for (const std::string mode : {"strict", "preferred", "interleave"}) {
            situation.domains[0] = on_node(tuned_domain(), 0);
            situation.domains[0].facts.memory_mode = mode;
            CHECK_FALSE(covered());
        }
        situation.domains[0].facts.memory_mode = "restrictive";
        CHECK(covered());
        situation.domains[0] = with_pages(on_node(tuned_domain(), 0));  // the user's own: his are the pages, too
        CHECK(covered());
    }
    situation.host.qemu_reads_nodes = true;
    situation.domains[0] = on_node(tuned_domain(), 0);
    CHECK(covered());
}

TEST_CASE("whoever has pages already comes before a newcomer") {
    Situation situation = paged_host({on_node(tuned_domain("alpha"), 0), on_node(tuned_domain("omega"), 0)});
    situation.host.node_memory[0].free = 15 * gib;
    CHECK(huge_page_plan(situation, placement_of(situation)).covers("uuid of alpha"));
    situation.domains[1].present.huge_pages = true;
    const HugePagePlan plan = huge_page_plan(situation, placement_of(situation));
    CHECK_FALSE(plan.covers("uuid of alpha"));
    CHECK(plan.covers("uuid of omega"));
    REQUIRE(plan.findings.size() == 1);
    CHECK(plan.findings[0].about == "alpha");
}

TEST_CASE("a definition that has huge pages by itself only gets its pool") {
    Situation situation = paged_host({with_pages(tuned_domain())});
    situation.domains[0].facts.backing.page_kib = 1048576;
    const Proposal proposal = page_proposal(situation);
    CHECK(value_of(proposal, TargetKind::element, element) == "no wish");
    CHECK(value_of(proposal, TargetKind::pool, "node0/1048576kB") == "8");
    CHECK(value_of(proposal, TargetKind::pool, "node0/2048kB") == "no wish");
}

TEST_CASE("definitions that must not have huge pages are left out with a reason") {
    const auto reason_for = [](void (*change)(DomainFacts &)) {
        Situation situation = paged_host({tuned_domain()});
        change(situation.domains[0].facts);
        const Proposal proposal = page_proposal(situation);
        CHECK(proposal.wishes.empty());
        REQUIRE(proposal.findings.size() == 1);
        const std::string &what = proposal.findings[0].what;
        return what.substr(what.find(": ") + 2);
    };
    CHECK(reason_for([](DomainFacts &facts) { facts.backing.source = "anonymous"; }) == "its memory is anonymous");
    CHECK(reason_for([](DomainFacts &facts) { facts.hotplug_memory = true; }) ==
          "memory can be plugged in while it runs");
    CHECK(reason_for([](DomainFacts &facts) { facts.memory = 0; }) == "how much memory it has is not known");
    CHECK(reason_for([](DomainFacts &facts) { facts.memory += 1u << 20; }) == "its memory is no multiple of 2 MiB");
    CHECK(reason_for([](DomainFacts &facts) {
              facts.cpu = CpuModelFacts{};
              facts.cpu->cells = {{0, {0}, 4 * gib + (1u << 20)}, {1, {1}, 4 * gib - (1u << 20)}};
          }) == "its memory is no multiple of 2 MiB");
    CHECK(reason_for([](DomainFacts &facts) { facts.memory_by_cell = true; }) ==
          "its numatune has nodes for its cells one by one");
    CHECK(reason_for([](DomainFacts &facts) { facts.memory_mode = "strict"; }) == "its numatune names no node");
    CHECK(reason_for([](DomainFacts &facts) {
              facts.memory_mode = "strict";
              facts.memory_nodes = CpuSet{7};
          }) == "its numatune names node 7, which this host has not");
    CHECK(reason_for([](DomainFacts &facts) {
              facts.memory_mode = "strict";
              facts.memory_nodes = CpuSet{1};
              facts.emulatorpin = CpuSet{0};
          }) == "its emulatorpin shares no CPU with node 1, and QEMU would not start with them");
    CHECK(reason_for([](DomainFacts &facts) {
              facts.backing.hugepages = true;
              facts.backing.pages_by_node = true;
          }) == "it has page sizes for its cells one by one");
}

TEST_CASE("a domain without a node for its memory is left out, on a host with several") {
    Situation situation = paged_host({tuned_domain()});
    situation.domains[0].policy->cpus = CpuPolicy::off;
    check_left_out(page_proposal(situation), "it has no seat, and its memory no nodes");
    situation.host.topology = host_of({1});
    CHECK(value_of(page_proposal(situation), TargetKind::element, element) == "default");
}

TEST_CASE("a page size that the host has not, or without a mount for it, is no use") {
    Situation situation = paged_host({tuned_domain()});
    situation.host.hugetlbfs_pages = std::set<std::uint64_t>{1048576};
    check_left_out(page_proposal(situation), "no hugetlbfs with pages of 2 MiB is mounted, which libvirt needs");
    situation.host.hugetlbfs_pages.reset();
    situation.host.pools.clear();
    check_left_out(page_proposal(situation), "this host has no huge pages of 2 MiB on node 0");
}

TEST_CASE("a pool that does not outlive the boot is a dependency of the start, and made only with consent") {
    Situation situation = paged_host({tuned_domain()});
    situation.policy.host.persist = false;
    const Proposal without = page_proposal(situation);
    REQUIRE(without.wishes.size() == 1);
    CHECK(without.wishes[0].disruption == Disruption::start_dependency);
    CHECK(without.wishes[0].requires_first.empty());

    situation.domains[0].policy->allow.insert(Disruption::start_dependency);
    const Proposal with = page_proposal(situation);
    CHECK(value_of(with, TargetKind::pool, "node0/2048kB") == "4096");
    CHECK_FALSE(find(with, TargetKind::pool, "node0/2048kB")->survives_boot);
    CHECK(find(with, TargetKind::file, file) == nullptr);
    CHECK(find(with, TargetKind::element, element)->requires_first == std::vector<Target>{node0});
}

TEST_CASE("on demand the element needs consent, and no pool: the hook grows it") {
    Situation situation = paged_host({tuned_domain()});
    situation.policy.host.hugepages.pool = HugePagePolicy::Pool::on_demand;
    const Proposal without = page_proposal(situation);
    REQUIRE(without.wishes.size() == 1);
    CHECK(without.wishes[0].disruption == Disruption::start_dependency);

    situation.domains[0].policy->allow.insert(Disruption::start_dependency);
    const Proposal with = page_proposal(situation);
    REQUIRE(with.wishes.size() == 1);
    CHECK(with.wishes[0].target.name == element);
    CHECK(with.wishes[0].requires_first.empty());

    situation.policy.host.hugepages.keep_free_percent = 99;
    check_left_out(
        page_proposal(situation),
        "8.0 GiB are asked for: node 0 has 64.0 GiB, of which the host keeps 63.3 GiB (keep_free); give it less "
        "memory or another node, or say keep_free = \"57344MiB\" in [host.hugepages]");
}

TEST_CASE("a migratable domain's pages are held back, and no pool is made for them") {
    Situation situation = paged_host({tuned_domain()});
    situation.domains[0].policy->migratable = true;
    const Desired all = desired(situation);
    CHECK(all.wishes.count(node0) == 0);
    CHECK(all.wishes.count({TargetKind::element, "uuid of web01", element}) == 0);
}

TEST_CASE("without pools of ours, only a pool that is there and comes at boot is used") {
    Situation situation = paged_host({tuned_domain()});
    situation.policy.host.hugepages.pool = HugePagePolicy::Pool::off;
    situation.host.pools[0].total = situation.host.pools[0].free = 4000;
    check_left_out(page_proposal(situation),
                   "the pool of node 0 has 4000 pages of 2 MiB, and all who use it need 4096");
    situation.host.pools[0].total = situation.host.pools[0].free = 4096;
    CHECK(page_proposal(situation).wishes.at(0).disruption == Disruption::start_dependency);
    situation.host.sysctl_lines = {{"etc/sysctl.d/50-pages.conf", 1, "vm.nr_hugepages", "4096"}};
    const Proposal proposal = page_proposal(situation);
    REQUIRE(proposal.wishes.size() == 1);
    CHECK(proposal.wishes[0].disruption == Disruption::binding);
    CHECK(proposal.wishes[0].requires_first.empty());
}

TEST_CASE("a fixed number is each node's, and domains get what fits into it") {
    Situation situation = paged_host({tuned_domain()});
    situation.policy.host.hugepages.pool = HugePagePolicy::Pool::fixed;
    situation.policy.host.hugepages.pages = 5000;
    Proposal proposal = page_proposal(situation);
    CHECK(value_of(proposal, TargetKind::pool, "node0/2048kB") == "5000");
    CHECK(value_of(proposal, TargetKind::pool, "node1/2048kB") == "5000");
    CHECK(value_of(proposal, TargetKind::element, element) == "default");
    CHECK(value_of(proposal, TargetKind::file, file).find("node1") != std::string::npos);

    situation.policy.host.hugepages.pages = 4095;
    proposal = page_proposal(situation);
    CHECK(value_of(proposal, TargetKind::pool, "node0/2048kB") == "4095");
    check_left_out(proposal, "the pool of node 0 has 4095 pages of 2 MiB, and all who use it need 4096");

    situation.policy.host.hugepages.pages = 30000;
    proposal = page_proposal(situation);
    CHECK(find(proposal, TargetKind::pool, "node0/2048kB") == nullptr);
    CHECK(proposal.findings[0].about == "pool:node0/2048kB");
}

TEST_CASE("a line that sets fewer pages for the whole host is named") {
    Situation situation = paged_host({tuned_domain()});
    situation.host.sysctl_lines = {{"etc/sysctl.d/50-pages.conf", 2, "vm.nr_hugepages", "64"}};
    const Proposal proposal = page_proposal(situation);
    REQUIRE(proposal.findings.size() == 1);
    CHECK(proposal.findings[0].what ==
          "at boot etc/sysctl.d/50-pages.conf:2 sets vm.nr_hugepages to 64 for the whole host, fewer than the 4096 of "
          "our pools: whichever comes last wins");
}

TEST_CASE("hugepages = false, another's domain and profile none are left alone without a word") {
    Situation situation = paged_host({tuned_domain(), domain_named("other"), tuned_domain("quiet")});
    situation.domains[0].policy->hugepages = false;
    situation.domains[2].policy->profile = Profile::none;
    CHECK(page_proposal(situation) == Proposal{});
}

TEST_CASE("for a host that is only described, the element is wished for by itself") {
    Situation situation = host_with({tuned_domain()});
    situation.host.described = true;
    const Proposal proposal = page_proposal(situation);
    REQUIRE(proposal.wishes.size() == 1);
    CHECK(proposal.wishes[0].value == "default");
    CHECK(proposal.wishes[0].disruption == Disruption::binding);
    CHECK(proposal.wishes[0].requires_first.empty());
}

}  // namespace huge_pages_test
