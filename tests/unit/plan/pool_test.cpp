#include "daemon/plan/pool.hpp"

#include <doctest/doctest.h>

#include "daemon/plan/plan.hpp"

namespace pool_test {

using namespace kvmtune::plan;

namespace {

const Target pool = pool_target({0, 2048});

Desired wished(const std::string &pages) {
    Desired desired;
    desired.add({pool, pages, "a rule", Disruption::live, {}, false});
    return desired;
}

Observed seen(std::uint64_t pages, std::uint64_t in_use = 0) {
    return {{pool, {std::to_string(pages), "boot 1", std::to_string(in_use)}}};
}

/// 100 pages before us; we made it 500.
Hold usual() {
    return {"boot 1", "100", "500", "500", {}};
}

}  // namespace

TEST_CASE("a pool's name says its node and page size") {
    CHECK(text_of(pool_target({3, 1048576})) == "pool:node3/1048576kB");
    CHECK(pool_named(pool_target({3, 1048576})) == PoolName{3, 1048576});
    for (const std::string name :
         {"node0", "node/2048kB", "node0/2048", "node0/kB", "nodeX/2048kB", "0/2048kB", "node-1/2kB"})
        CHECK_FALSE(pool_named({TargetKind::pool, "", name}));
    CHECK_FALSE(pool_named({TargetKind::file, "", "node0/2048kB"}));
    CHECK(pool_folder({1, 2048}) == "sys/devices/system/node/node1/hugepages/hugepages-2048kB");
    CHECK(page_text(2048) == "2 MiB");
    CHECK(page_text(1048576) == "1 GiB");
    CHECK(page_text(64) == "64 KiB");
}

TEST_CASE("what we added is ours, whatever others add; what they take is ours first") {
    CHECK(pages_of_ours(usual(), 500) == 400);
    CHECK(pages_of_ours(usual(), 700) == 400);
    CHECK(pages_of_ours(usual(), 450) == 350);
    CHECK(pages_of_ours(usual(), 100) == 0);
    CHECK(pages_of_ours(usual(), 0) == 0);
}

TEST_CASE("while it is not known what was granted, what is there above the original is ours, up to what was asked") {
    const Hold cut_off{"boot 1", "100", "500", std::nullopt, {}};
    CHECK(pages_of_ours(cut_off, 100) == 0);
    CHECK(pages_of_ours(cut_off, 333) == 233);
    CHECK(pages_of_ours(cut_off, 600) == 400);
    const Hold shrinking{"boot 1", "100", "200", std::nullopt, {"500"}};
    CHECK(pages_of_ours(shrinking, 500) == 400);
    CHECK(pages_of_ours(shrinking, 200) == 100);
}

TEST_CASE("a pool asked for again has what it would be without us as its original") {
    CHECK(pool_asked_for(nullptr, "b", 100, "500") == Hold{"b", "100", "500", std::nullopt, {}});
    const Hold held = usual();
    CHECK(pool_asked_for(&held, "b", 700, "900") == Hold{"b", "300", "900", std::nullopt, {"700"}});
    CHECK(pool_asked_for(&held, "b", 700, "700") == Hold{"b", "300", "700", std::nullopt, {}});
}

TEST_CASE("a pool that is not held changes to what is wished, and takes a hold") {
    const auto plan = diff(wished("500"), seen(100), {});
    REQUIRE(plan.changes.size() == 1);
    CHECK((plan.changes[0] == Change{pool, "100", "500", "boot 1", false, "a rule", Disruption::live, {}}));
    CHECK(diff(wished("100"), seen(100), {}).changes.empty());
}

TEST_CASE("what others made of a held pool is no reason to yield") {
    CHECK(diff(wished("500"), seen(500), {{pool, usual()}}).empty());
    for (const std::uint64_t now : {0u, 100u, 450u, 700u}) {
        const auto plan = diff(wished("500"), seen(now), {{pool, usual()}});
        REQUIRE(plan.changes.size() == 1);
        CHECK(plan.changes[0].to == "500");
        CHECK(plan.yielded.empty());
        CHECK(plan.findings.empty());
    }
}

TEST_CASE("given back is what we added") {
    for (const auto &[now, then] : std::map<std::uint64_t, std::string>{{500, "100"}, {700, "300"}, {450, "100"}}) {
        const auto plan = diff({}, seen(now), {{pool, usual()}});
        REQUIRE(plan.changes.size() == 1);
        CHECK(plan.changes[0].to == then);
        CHECK(plan.changes[0].gives_back);
        CHECK(plan.pending.empty());
    }
}

TEST_CASE("a hold on a pool where nothing is ours any more is dropped without a word") {
    for (const std::uint64_t now : {100u, 40u}) {
        const auto plan = diff({}, seen(now), {{pool, usual()}});
        CHECK(plan.empty());
        CHECK((plan.void_holds == std::vector<Target>{pool}));
        CHECK(plan.findings.empty());
    }
}

TEST_CASE("pages in use stay held, and are waited for") {
    auto plan = diff({}, seen(500, 350), {{pool, usual()}});
    REQUIRE(plan.changes.size() == 1);
    CHECK((plan.changes[0] == Change{pool, "500", "350", "boot 1", false, "given back", Disruption::live, {}}));
    CHECK((plan.pending == std::vector<Pending>{{pool, "100", "250 of its pages to be free", "500"}}));
    CHECK(plan.void_holds.empty());

    plan = diff({}, seen(500, 600), {{pool, usual()}});
    CHECK(plan.changes.empty());
    CHECK(plan.pending.size() == 1);

    plan = diff(wished("200"), seen(500, 350), {{pool, usual()}});
    REQUIRE(plan.changes.size() == 1);
    CHECK(plan.changes[0].to == "350");
    CHECK((plan.pending == std::vector<Pending>{{pool, "200", "150 of its pages to be free", "500"}}));
}

TEST_CASE("a pool is given back after the definitions that need it") {
    const Target element{TargetKind::element, "uuid", "memoryBacking/hugepages"};
    Observed observed = seen(500);
    observed[element] = {"default", ""};
    const auto plan =
        diff({}, observed, {{pool, usual()}, {element, Hold{"", std::nullopt, "default", "default", {}}}});
    REQUIRE(plan.changes.size() == 2);
    CHECK(plan.changes[0].target == element);
    CHECK(plan.changes[1].target == pool);
}

TEST_CASE("a size that a crash kept off the record is put on it, though it is what is wished") {
    const Hold cut_off{"boot 1", "100", "500", std::nullopt, {}};
    const auto plan = diff(wished("450"), seen(450), {{pool, cut_off}});
    REQUIRE(plan.changes.size() == 1);
    CHECK((plan.changes[0] == Change{pool, "450", "450", "boot 1", false, "a rule", Disruption::live, {}}));
}

TEST_CASE("a pool's hold of another boot, or of a node that is gone, is void") {
    auto hold = usual();
    hold.epoch = "boot 0";
    auto plan = diff({}, seen(500), {{pool, hold}});
    CHECK((plan.void_holds == std::vector<Target>{pool}));
    CHECK(plan.changes.empty());
    plan = diff({}, {}, {{pool, usual()}});
    CHECK((plan.void_holds == std::vector<Target>{pool}));
}

}  // namespace pool_test
