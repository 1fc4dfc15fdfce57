#include "daemon/facts/memory.hpp"

#include <doctest/doctest.h>

#include "tests/fakes/temporary_tree.hpp"

namespace memory_test {

using namespace kvmtune;
using namespace kvmtune::facts;
using kvmtune::fakes::TemporaryTree;

namespace {

const std::string nodes = "sys/devices/system/node/";

void add_pool(const TemporaryTree &tree, const std::string &node, const std::string &size, const std::string &all,
              const std::string &free, const std::string &surplus) {
    const std::string folder = nodes + node + "/hugepages/hugepages-" + size;
    tree.add(folder + "/nr_hugepages", all + "\n");
    tree.add(folder + "/free_hugepages", free + "\n");
    tree.add(folder + "/surplus_hugepages", surplus + "\n");
}

plan::HugePagePool pool_of(unsigned node, std::uint64_t page_kib, std::uint64_t total, std::uint64_t free,
                           std::uint64_t surplus) {
    plan::HugePagePool pool;
    pool.node = node;
    pool.page_kib = page_kib;
    pool.total = total;
    pool.free = free;
    pool.surplus = surplus;
    return pool;
}

}  // namespace

TEST_CASE("the host's memory and its usual huge page are in meminfo") {
    const TemporaryTree tree;
    CHECK(memory(tree.root()) == 0);
    CHECK(default_page_kib(tree.root()) == 2048);
    tree.add("proc/meminfo",
             "MemTotal:       197651712 kB\nMemFree:  1 kB\nHugePages_Total: 5\nHugepagesize: 1048576 kB\n");
    CHECK(memory(tree.root()) == 197651712ull * 1024);
    CHECK(default_page_kib(tree.root()) == 1048576);
}

TEST_CASE("a node's free memory is what nobody uses, and the cache of files") {
    const TemporaryTree tree;
    tree.add(nodes + "node1/meminfo",
             "\nNode 1 MemTotal:  98825856 kB\nNode 1 MemFree:  1000 kB\nNode 1 MemUsed: 7 kB\n"
             "Node 1 Active(file): 200 kB\nNode 1 Inactive(file): 30 kB\nNode 1 Shmem: 5 kB\n");
    tree.add(nodes + "node0/meminfo", "Node 0 MemTotal: 4 kB\nNode 0 MemFree: 3 kB\n");
    tree.add(nodes + "node2/meminfo", "");
    tree.add(nodes + "online", "0-1\n");
    CHECK(node_memory(tree.root()) ==
          std::vector<plan::NodeMemory>{{0, 4096, 3072}, {1, 98825856ull * 1024, 1230ull * 1024}});
    CHECK(node_memory(TemporaryTree().root()).empty());
}

TEST_CASE("how much of a node's memory is in pieces is what the buddy allocator has, without the first 16 MiB") {
    const TemporaryTree tree;
    tree.add(nodes + "node0/meminfo", "Node 0 MemTotal: 4 kB\nNode 0 MemFree: 3 kB\n");
    tree.add("proc/buddyinfo",
             "Node 0, zone      DMA      1      1      1\n"
             "Node 0, zone    DMA32      2      0      5\n"
             "Node 0, zone   Normal    216     55      1\n"
             "Node 1, zone   Normal      7      7      7\n");
    const auto memory = node_memory(tree.root());
    REQUIRE(memory.size() == 1);
    CHECK(memory[0].free_blocks == std::map<std::uint64_t, std::uint64_t>{{4, 218}, {8, 55}, {16, 6}});
}

TEST_CASE("what the kernel refused since the boot is remembered beside the pool") {
    const TemporaryTree tree;
    add_pool(tree, "node0", "2048kB", "9", "4", "0");
    CHECK_FALSE(pool(tree.root(), {0, 2048})->limit);
    tree.add("run/kvmtune/granted/node0/2048kB", "3000 3100\n");
    CHECK(pool(tree.root(), {0, 2048})->limit == plan::PoolLimit{3000, 3100});
    tree.add("run/kvmtune/granted/node0/2048kB", "3000");
    CHECK_FALSE(pool(tree.root(), {0, 2048})->limit);
}

TEST_CASE("when memory is of transparent huge pages is the word in brackets") {
    const TemporaryTree tree;
    CHECK(transparent_pages(tree.root()).empty());
    for (const std::string text : {"[madvise] always never\n", "always [madvise] never\n"}) {
        tree.add("sys/kernel/mm/transparent_hugepage/enabled", text);
        CHECK(transparent_pages(tree.root()) == "madvise");
    }
    tree.add("sys/kernel/mm/transparent_hugepage/enabled", "always\n");
    CHECK(transparent_pages(tree.root()).empty());
}

TEST_CASE("pools come by node and page size, without their surplus pages") {
    const TemporaryTree tree;
    add_pool(tree, "node10", "2048kB", "7", "7", "0");
    add_pool(tree, "node2", "2048kB", "500", "20", "30");
    add_pool(tree, "node2", "1048576kB", "1", "0", "0");
    tree.add_folder(nodes + "node2/hugepages/hugepages-64kB");
    tree.add_folder(nodes + "node2/hugepages/other");
    tree.add_folder(nodes + "nodes/hugepages");
    const auto found = pools(tree.root());
    CHECK(found == std::vector<plan::HugePagePool>{pool_of(2, 2048, 470, 20, 30), pool_of(2, 1048576, 1, 0, 0),
                                                   pool_of(10, 2048, 7, 7, 0)});
    CHECK(found[0].in_use() == 480);
}

TEST_CASE("one pool is read by its name, and one that the kernel has not is not found") {
    const TemporaryTree tree;
    add_pool(tree, "node0", "2048kB", "9", "4", "0");
    CHECK(pool(tree.root(), {0, 2048}).value() == pool_of(0, 2048, 9, 4, 0));
    CHECK(pool(tree.root(), {1, 2048}).error().kind == ErrorKind::not_found);
    add_pool(tree, "node0", "1048576kB", "many", "4", "0");
    CHECK(pool(tree.root(), {0, 1048576}).error().kind == ErrorKind::invalid);
}

TEST_CASE("page sizes with a mounted hugetlbfs are known from the mounts") {
    const TemporaryTree tree;
    CHECK_FALSE(hugetlbfs_pages(tree.root()).has_value());
    tree.add("proc/mounts", "/dev/vda / ext4 rw 0 0\n");
    CHECK(hugetlbfs_pages(tree.root()).value().empty());
    tree.add("proc/mounts",
             "hugetlbfs /dev/hugepages hugetlbfs rw,relatime,pagesize=2M 0 0\n"
             "none /dev/hugepages1G hugetlbfs rw,pagesize=1024M,mode=1770 0 0\n");
    CHECK(hugetlbfs_pages(tree.root()).value() == std::set<std::uint64_t>{2048, 1048576});
    tree.add("proc/mounts", "hugetlbfs /dev/hugepages hugetlbfs rw 0 0\n");
    CHECK(hugetlbfs_pages(tree.root()).value() == std::set<std::uint64_t>{2048});
}

}  // namespace memory_test
