// Pools of two nodes as files: what the kernel would change by itself, the test does.
#include "daemon/apply/lent_pages.hpp"

#include <doctest/doctest.h>

#include "daemon/plan/pool.hpp"
#include "tests/fakes/temporary_tree.hpp"

namespace lent_pages_test {

using namespace kvmtune;
using namespace kvmtune::apply;

namespace {

constexpr std::uint64_t page = 2 << 20;

plan::DomainFacts guest(const std::string &name, std::uint64_t pages) {
    plan::DomainFacts facts;
    facts.name = name;
    facts.uuid = "uuid-of-" + name;
    facts.memory = pages * page;
    facts.backing.hugepages = true;
    return facts;
}

struct Host {
    fakes::TemporaryTree tree;
    plan::HugePagePolicy policy;

    Host() {
        policy.keep_free_bytes = 0;
        tree.add("proc/meminfo", "Hugepagesize:       2048 kB\n");
        for (const unsigned node : {0U, 1U}) {
            set(node, 10, 4);
            memory(node, 100);
        }
    }
    [[nodiscard]] static std::string folder(unsigned node) { return plan::pool_folder({node, 2048}); }
    void set(unsigned node, unsigned total, unsigned free) const {
        tree.add(folder(node) + "/nr_hugepages", std::to_string(total) + "\n");
        tree.add(folder(node) + "/free_hugepages", std::to_string(free) + "\n");
        tree.add(folder(node) + "/surplus_hugepages", "0\n");
    }
    /// So many pages' worth of memory is free.
    void memory(unsigned node, std::uint64_t pages) const {
        const auto of = "Node " + std::to_string(node) + " ";
        tree.add("sys/devices/system/node/node" + std::to_string(node) + "/meminfo",
                 of + "MemTotal: 1048576 kB\n" + of + "MemFree: " + std::to_string(pages * 2048) + " kB\n");
    }
    [[nodiscard]] unsigned long size(unsigned node) const {
        return std::stoul(tree.text(folder(node) + "/nr_hugepages"));
    }
    [[nodiscard]] Result<> lend(const plan::DomainFacts &facts) const { return lend_pages(tree.root(), policy, facts); }
    [[nodiscard]] bool records(const plan::DomainFacts &facts) const {
        return tree.root().exists(std::string(lent_folder) + "/" + facts.uuid);
    }
};

}  // namespace

TEST_CASE("a guest gets what is missing, on one node, and it goes with the guest") {
    const Host host;
    const auto web = guest("web01", 30);
    REQUIRE(host.lend(web));
    CHECK(host.size(0) == 36);
    CHECK(host.size(1) == 10);
    host.set(0, 36, 0);
    REQUIRE(pages_are_taken(host.tree.root(), web.uuid));
    host.set(0, 36, 30);
    REQUIRE(take_back_pages(host.tree.root(), web.uuid));
    CHECK(host.size(0) == 10);
    CHECK_FALSE(host.records(web));
}

TEST_CASE("memory that is no whole number of pages is rounded up, for each cell of the guest") {
    const Host host;
    auto web = guest("web01", 30);
    web.cpu = plan::CpuModelFacts{};
    web.cpu->cells = {{0, {0}, 15 * page + 1}, {1, {1}, 15 * page - 1}};
    REQUIRE(host.lend(web));
    CHECK(host.size(0) == 37);
}

TEST_CASE("cells with nodes of their own get their pages there, all of them or none") {
    auto web = guest("web01", 30);
    web.cpu = plan::CpuModelFacts{};
    web.cpu->cells = {{0, {0}, 20 * page}, {1, {1}, 10 * page}};
    web.cell_nodes = {{0, CpuSet{0}}, {1, CpuSet{1}}};
    const Host host;
    REQUIRE(host.lend(web));
    CHECK(host.size(0) == 10 + 16);
    CHECK(host.size(1) == 10 + 6);
    REQUIRE(take_back_pages(host.tree.root(), web.uuid));

    const Host full;
    full.memory(1, 5);
    const auto refused = full.lend(web);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().what ==
          "it needs 10 huge pages of 2 MiB, node 1 has 4 free and memory for 5 more (host.hugepages.keep_free stays "
          "free)");
    CHECK(full.size(0) == 10);
    CHECK_FALSE(full.records(web));

    web.cell_nodes[1] = CpuSet{0};
    const Host one;
    REQUIRE(one.lend(web));
    CHECK(one.size(0) == 10 + 26);
    CHECK(one.size(1) == 10);
}

TEST_CASE("a cell that may be on either node leaves the one node to the cell that may be nowhere else") {
    auto web = guest("web01", 180);
    web.cpu = plan::CpuModelFacts{};
    web.cpu->cells = {{0, {0}, 80 * page}, {1, {1}, 90 * page}};  // and 10 pages that are plugged in
    web.cell_nodes = {{0, CpuSet{0, 1}}, {1, CpuSet{1}}};
    const Host host;
    host.memory(0, 90);
    REQUIRE(host.lend(web));
    CHECK(host.size(0) + host.size(1) == 20 + 180 - 8);
    CHECK(host.size(1) >= 10 + 90 - 4);
}

TEST_CASE("where enough is free, or the guest has no huge pages, nothing is lent") {
    const Host host;
    const auto small = guest("small", 4);
    REQUIRE(host.lend(small));
    REQUIRE(pages_are_taken(host.tree.root(), small.uuid));
    auto plain = guest("plain", 30);
    plain.backing.hugepages = false;
    REQUIRE(host.lend(plain));
    CHECK(host.size(0) == 10);
    CHECK_FALSE(host.records(small));
    CHECK_FALSE(host.records(plain));
}

TEST_CASE("a guest that is bound to a node gets its pages there, and one that is too large for one gets them of both") {
    const Host host;
    auto bound = guest("bound", 30);
    bound.memory_nodes = CpuSet{1};
    REQUIRE(host.lend(bound));
    CHECK(host.size(0) == 10);
    CHECK(host.size(1) == 36);
    const Host other;
    REQUIRE(other.lend(guest("large", 150)));
    CHECK(other.size(0) == 110);
    CHECK(other.size(1) == 10 + (150 - 8 - 100));
}

TEST_CASE("what is promised to a guest that is about to start is nobody else's, and stays when another one ends") {
    const Host host;
    const auto first = guest("first", 24);
    REQUIRE(host.lend(first));
    host.set(0, 30, 24);  // its QEMU takes them in a moment
    auto second = guest("second", 14);
    second.memory_nodes = CpuSet{0};
    REQUIRE(host.lend(second));
    CHECK(host.size(0) == 44);
    host.set(0, 44, 38);
    REQUIRE(take_back_pages(host.tree.root(), first.uuid));
    CHECK(host.size(0) == 24);
    host.set(0, 24, 18);
    REQUIRE(take_back_pages(host.tree.root(), second.uuid));
    CHECK(host.size(0) == 10);
}

TEST_CASE("pages that are free anyway are promised once, too") {
    const Host host;
    auto first = guest("first", 4);
    auto second = guest("second", 4);
    first.memory_nodes = second.memory_nodes = CpuSet{0};
    REQUIRE(host.lend(first));
    CHECK(host.size(0) == 10);
    REQUIRE(host.lend(second));
    CHECK(host.size(0) == 14);
    REQUIRE(pages_are_taken(host.tree.root(), first.uuid));
    CHECK_FALSE(host.records(first));  // nothing was lent for it
}

TEST_CASE("what cannot be given back now is given back later") {
    const Host host;
    const auto web = guest("web01", 24);
    REQUIRE(host.lend(web));
    host.set(0, 30, 15);
    REQUIRE(take_back_pages(host.tree.root(), web.uuid));
    CHECK(host.size(0) == 15);
    CHECK(host.records(web));
    host.set(0, 15, 9);
    REQUIRE(settle_lent_pages(host.tree.root()));
    CHECK(host.size(0) == 10);
    CHECK_FALSE(host.records(web));
}

TEST_CASE("pages of others that leave the pool meanwhile are not taken for what was lent") {
    const Host host;
    const auto web = guest("web01", 24);
    REQUIRE(host.lend(web));
    host.set(0, 22, 22);  // a pool of ours with 8 pages was given back
    REQUIRE(pages_have_left(host.tree.root(), {0, 2048}, 8));
    REQUIRE(take_back_pages(host.tree.root(), web.uuid));
    CHECK(host.size(0) == 2);
}

TEST_CASE("what somebody took from the pool is taken from what was lent") {
    const Host host;
    const auto web = guest("web01", 24);
    REQUIRE(host.lend(web));
    host.set(0, 22, 22);
    REQUIRE(take_back_pages(host.tree.root(), web.uuid));
    CHECK(host.size(0) == 10);
}

TEST_CASE("without the memory nothing is done, and the reason says what is there") {
    Host host;
    host.memory(1, 0);
    host.policy.keep_free_bytes = 90 * page;
    auto web = guest("web01", 40);
    const auto lent = host.lend(web);
    REQUIRE_FALSE(lent);
    CHECK(lent.error().what ==
          "it needs 40 huge pages of 2 MiB, node 0 has 4 free and memory for 10 more, node 1 has 4 free and memory "
          "for 0 more (host.hugepages.keep_free stays free)");
    CHECK(host.size(0) == 10);
    CHECK_FALSE(host.records(web));
}

TEST_CASE("a record without its pages, of a process that ended between, takes nothing from others") {
    const Host host;
    const auto web = guest("web01", 24);
    REQUIRE(host.lend(web));
    host.set(0, 10, 4);
    REQUIRE(take_back_pages(host.tree.root(), web.uuid));
    CHECK(host.size(0) == 10);
}

TEST_CASE("what is left of guests that are not there is given back, and a start in progress is left alone") {
    const Host host;
    const auto starts = guest("starts", 24);
    REQUIRE(host.lend(starts));
    host.set(0, 30, 24);
    REQUIRE(settle_lent_pages(host.tree.root()));
    CHECK(host.size(0) == 30);
    REQUIRE(pages_are_taken(host.tree.root(), starts.uuid));
    REQUIRE(settle_lent_pages(host.tree.root()));
    CHECK(host.size(0) == 10);
    CHECK_FALSE(host.records(starts));
}

}  // namespace lent_pages_test
