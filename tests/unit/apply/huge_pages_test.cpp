#include "daemon/apply/huge_pages.hpp"

#include <doctest/doctest.h>

#include <algorithm>
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
    std::vector<std::string> asked;

    [[nodiscard]] PoolDoor door() {
        PoolDoor door;
        door.look = [this]() -> Result<plan::HugePagePool> {
            plan::HugePagePool pool;
            pool.node = 1;
            pool.surplus = in_use - std::min(in_use, total);
            pool.total = total;
            pool.free = total + pool.surplus - in_use;
            return pool;
        };
        door.ask = [this](std::uint64_t pages) -> Result<> {
            asked.push_back(std::to_string(pages));
            total = std::min(pages, room);
            return {};
        };
        door.compact = [this] { asked.emplace_back("compact"); };
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

TEST_CASE("a pool grows after the node's memory was compacted") {
    Kernel kernel;
    REQUIRE(resize(kernel.door(), 500));
    CHECK(kernel.total == 500);
    CHECK(kernel.asked == std::vector<std::string>{"compact", "500"});
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
          "node 1 granted 900 of 1200 huge pages of 2 MiB: its free memory is too little or in too small pieces");
    CHECK(kernel.total == 100);
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

TEST_CASE("a pool is neither removed nor given what is no number") {
    Host host;
    const auto before = host.tree.contents();
    CHECK(host.effects.put(pool_target({0, 2048}), std::nullopt).error().kind == ErrorKind::invalid);
    CHECK(host.effects.put(pool_target({0, 2048}), "many").error().kind == ErrorKind::invalid);
    CHECK(host.effects.put(pool_target({1, 2048}), "1").error().kind == ErrorKind::not_found);
    CHECK(host.tree.contents() == before);
}

}  // namespace huge_pages_test
