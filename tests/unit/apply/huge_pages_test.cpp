#include "daemon/apply/huge_pages.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/apply/effects.hpp"
#include "tests/fakes/temporary_tree.hpp"
#include "tests/unit/apply/runs.hpp"

namespace huge_pages_test {

using namespace kvmtune;
using namespace kvmtune::apply;
using fakes::TemporaryTree;
using plan::Observation;
using plan::pool_target;

namespace {

/// A kernel with room for so many pages in all, of which some are in use.
struct Kernel {
    std::uint64_t room = 1000;
    std::uint64_t total = 100;
    std::uint64_t in_use = 60;
    std::map<std::uint64_t, std::uint64_t> blocks = {{4, 100}, {2048, 3}, {4096, 4}};
    std::optional<plan::PoolLimit> limit;
    std::vector<std::string> asked;

    [[nodiscard]] PoolDoor door() {
        PoolDoor door;
        door.look = [this]() -> Result<plan::HugePagePool> {
            plan::HugePagePool pool;
            pool.node = 1;
            pool.surplus = in_use - std::min(in_use, total);
            pool.total = total;
            pool.free = total + pool.surplus - in_use;
            pool.limit = limit;
            return pool;
        };
        door.ask = [this](std::uint64_t pages) -> Result<> {
            asked.push_back(std::to_string(pages));
            total = std::min(pages, room);
            return {};
        };
        door.compact = [this] { asked.emplace_back("compact"); };
        door.memory = [this] { return plan::NodeMemory{1, 8ull << 30, 3ull << 30, blocks}; };
        door.remember = [this](const auto &how_far) { limit = how_far; };
        return door;
    }
};

const std::string folder = "sys/devices/system/node/node0/hugepages/hugepages-2048kB";

/// A host's files, which take what is written as they are.
struct Host {
    Host() {
        tree.add("proc/sys/kernel/random/boot_id", "b00t-1\n");
        tree.add(folder + "/nr_hugepages", "130\n");
        tree.add(folder + "/free_hugepages", "20\n");
        tree.add(folder + "/surplus_hugepages", "30\n");
        tree.add("proc/sys/vm/compact_memory", "");
    }

    TemporaryTree tree;
    HostEffects effects{tree.root(), [](const std::string &) -> Result<> { return {}; }};
};

}  // namespace

TEST_CASE("a pool grows after the node's memory was compacted, where free blocks are too few or not known") {
    Kernel kernel;
    REQUIRE(resize(kernel.door(), 500));
    CHECK(kernel.total == 500);
    CHECK(kernel.asked == std::vector<std::string>{"compact", "500"});
    kernel.blocks.clear();
    REQUIRE(resize(kernel.door(), 501));
    CHECK(kernel.asked == std::vector<std::string>{"compact", "500", "compact", "501"});
}

TEST_CASE("no memory is moved for pages that free blocks hold") {
    Kernel kernel;
    REQUIRE(resize(kernel.door(), 111));
    CHECK(kernel.asked == std::vector<std::string>{"111"});
    REQUIRE(resize(kernel.door(), 123));
    CHECK(kernel.asked == std::vector<std::string>{"111", "compact", "123"});
}

TEST_CASE("a pool that has its size already is not touched") {
    Kernel kernel;
    REQUIRE(resize(kernel.door(), 100));
    CHECK(kernel.asked.empty());
}

TEST_CASE("a pool that cannot grow so far is put back, and the error says what was granted") {
    Kernel kernel;
    const auto grown = resize(kernel.door(), 1300);
    REQUIRE_FALSE(grown);
    CHECK(grown.error().what ==
          "node 1 granted 900 of 1200 huge pages of 2 MiB: 3.0 GiB of node 1 are free, 0.0 GiB of them in blocks that "
          "hold a page of 2 MiB");
    CHECK(kernel.total == 100);
}

TEST_CASE("how far a pool grew is remembered until it grows further") {
    Kernel kernel;
    REQUIRE_FALSE(resize(kernel.door(), 1300));
    CHECK(kernel.limit == plan::PoolLimit{1000, 100 + 3 + 2 * 4, 3ull << 30});
    REQUIRE(resize(kernel.door(), 900));
    CHECK(kernel.limit);
    kernel.room = 2000;
    REQUIRE(resize(kernel.door(), 1300));
    CHECK_FALSE(kernel.limit);
}

TEST_CASE("a pool shrinks to its pages in use, no further") {
    Kernel kernel;
    REQUIRE(resize(kernel.door(), 80));
    CHECK(kernel.total == 80);
    REQUIRE(resize(kernel.door(), 0));
    CHECK(kernel.total == 60);
    kernel.in_use = 70;
    REQUIRE(resize(kernel.door(), 10));
    CHECK(kernel.total == 60);
}

TEST_CASE("a pool is seen without surplus pages, with what is in use, in the epoch of this boot") {
    Host host;
    CHECK(host.effects.look(pool_target({0, 2048})).value() == Observation{"100", "b00t-1", "110"});
    CHECK(host.effects.look(pool_target({1, 2048})).error().kind == ErrorKind::not_found);
    CHECK(host.effects.look({plan::TargetKind::pool, "", "node0"}).error().kind == ErrorKind::invalid);
}

TEST_CASE("a pool is written to its node's file, and memory compacted before it grows") {
    Host host;
    host.tree.add(folder + "/surplus_hugepages", "0\n");
    REQUIRE(host.effects.put(pool_target({0, 2048}), "400"));
    CHECK(host.tree.text(folder + "/nr_hugepages") == "400");
    CHECK(host.tree.text("proc/sys/vm/compact_memory") == "1");
    host.tree.add("sys/devices/system/node/node0/compact", "");
    host.tree.add("proc/sys/vm/compact_memory", "");
    REQUIRE(host.effects.put(pool_target({0, 2048}), "500"));
    CHECK(host.tree.text("sys/devices/system/node/node0/compact") == "1");
    CHECK(host.tree.text("proc/sys/vm/compact_memory").empty());
    host.tree.add(folder + "/free_hugepages", "350\n");
    REQUIRE(host.effects.put(pool_target({0, 2048}), "10"));
    CHECK(host.tree.text(folder + "/nr_hugepages") == "150");
}

TEST_CASE("what is remembered of a pool is a file that goes with the boot") {
    Host host;
    const auto door = door_of(host.tree.root(), {0, 2048});
    door.remember(plan::PoolLimit{400, 420, 7000});
    CHECK(host.tree.text("run/kvmtune/granted/node0/2048kB") == "400 420 7000\n");
    CHECK(door.look()->limit == plan::PoolLimit{400, 420, 7000});
    door.remember(std::nullopt);
    CHECK_FALSE(host.tree.root().exists("run/kvmtune/granted/node0/2048kB"));
    CHECK_FALSE(door.look()->limit);
}

TEST_CASE("a pool is neither removed nor given what is no number") {
    Host host;
    const auto before = host.tree.contents();
    CHECK(host.effects.put(pool_target({0, 2048}), std::nullopt).error().kind == ErrorKind::invalid);
    CHECK(host.effects.put(pool_target({0, 2048}), "many").error().kind == ErrorKind::invalid);
    CHECK(host.effects.put(pool_target({1, 2048}), "1").error().kind == ErrorKind::not_found);
    CHECK(host.tree.contents() == before);
}

}  // namespace huge_pages_test
