#include "daemon/facts/host.hpp"

#include <doctest/doctest.h>

#include "tests/fakes/temporary_tree.hpp"

namespace host_test {

using namespace kvmtune;
using namespace kvmtune::facts;
using kvmtune::fakes::TemporaryTree;

namespace {

using Names = std::set<std::string>;

void add_kernel(const TemporaryTree &tree) {
    tree.add("proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");
    tree.add("proc/sys/kernel/random/boot_id", "5f0c1a66-4b5e-4b0a-8d5a-0d3c1a3c9f11\n");
}

plan::HostFacts facts_of(const TemporaryTree &tree, const Names &sysctls, const Names &modules) {
    auto facts = host_facts(tree.root(), sysctls, modules);
    REQUIRE_MESSAGE(facts, (facts ? "" : facts.error().what));
    return *std::move(facts);
}

}  // namespace

TEST_CASE("kernel and boot are read; of the rest only what is asked for") {
    const TemporaryTree tree;
    add_kernel(tree);
    tree.add("proc/sys/net/core/rmem_max", "212992\n");
    tree.add("proc/modules", "vhost_net 32768 1 - Live 0x0000000000000000\n");
    plan::HostFacts expected;
    expected.kernel = "6.1.0-18-amd64";
    expected.boot_id = "5f0c1a66-4b5e-4b0a-8d5a-0d3c1a3c9f11";
    expected.qemu_reads_nodes = true;
    CHECK(facts_of(tree, {}, {}) == expected);
}

TEST_CASE("sysctls are canonical, and those that the kernel has not are absent") {
    const TemporaryTree tree;
    add_kernel(tree);
    tree.add("proc/sys/net/ipv4/tcp_rmem", "4096\t131072\t6291456\n");
    CHECK(facts_of(tree, {"net.ipv4.tcp_rmem", "net.core.none"}, {}).sysctls ==
          std::map<std::string, std::string>{{"net.ipv4.tcp_rmem", "4096 131072 6291456"}});
}

TEST_CASE("a module is there when loaded, built in, or live in sysfs; '-' and '_' are one") {
    const TemporaryTree tree;
    add_kernel(tree);
    tree.add("proc/modules",
             "vhost_net 32768 1 tun,vhost, Live 0x0000000000000000\n"
             "going 1 0 - Unloading 0x0000000000000000\n");
    tree.add("lib/modules/6.1.0-18-amd64/modules.builtin", "kernel/net/ipv4/tcp-cubic.ko\nkernel/fs/ext4/ext4.ko\n");
    tree.add_folder("sys/module/builtin_with_parameters");
    tree.add("sys/module/arriving/initstate", "coming\n");
    tree.add("sys/module/arrived/initstate", "live\n");
    CHECK(facts_of(tree, {},
                   {"vhost-net", "vhost_net", "tcp_cubic", "ext4", "builtin-with-parameters", "arriving", "arrived",
                    "going", "tun", "absent", "..", "vhost_net/.."})
              .modules == Names{"vhost-net", "vhost_net", "tcp_cubic", "ext4", "builtin-with-parameters", "arrived"});
}

TEST_CASE("loadable modules are those of this kernel's modules.dep, compressed or not") {
    const TemporaryTree tree;
    add_kernel(tree);
    tree.add("lib/modules/6.1.0-18-amd64/modules.dep",
             "kernel/drivers/vhost/vhost_net.ko: kernel/drivers/vhost/vhost.ko kernel/drivers/net/tun.ko\n"
             "kernel/net/ipv4/tcp_bbr.ko.xz:\n"
             "updates/dkms/some-thing.ko.zst:\n");
    tree.add("lib/modules/5.10.0-1-amd64/modules.dep", "kernel/net/other.ko:\n");
    CHECK(facts_of(tree, {}, {"vhost_net", "tcp_bbr", "some_thing", "other", "tun"}).loadable ==
          Names{"vhost_net", "tcp_bbr", "some_thing"});
}

TEST_CASE("a kernel without modules has none, and that is no error") {
    const TemporaryTree tree;
    add_kernel(tree);
    const auto facts = facts_of(tree, {}, {"vhost_net"});
    CHECK(facts.modules.empty());
    CHECK(facts.loadable.empty());
}

TEST_CASE("what cannot be read is named") {
    const TemporaryTree tree;
    const auto nothing = host_facts(tree.root(), {}, {});
    REQUIRE_FALSE(nothing);
    CHECK(nothing.error().kind == ErrorKind::not_found);
    CHECK(nothing.error().what.starts_with(tree.root().full("proc/sys/kernel/osrelease") + ": "));

    add_kernel(tree);
    tree.add_folder("proc/sys/net/core/rmem_max");
    const auto folder = host_facts(tree.root(), {"net.core.rmem_max"}, {});
    REQUIRE_FALSE(folder);
    CHECK(folder.error().what.starts_with("read net.core.rmem_max: "));
    CHECK(host_facts(tree.root(), {"../../etc/passwd"}, {}).error().kind == ErrorKind::invalid);
}

TEST_CASE("memory, pools, CPU vendor, sysctl.d and users of bridge netfilter are read as far as they are there") {
    const TemporaryTree tree;
    add_kernel(tree);
    tree.add("proc/meminfo", "MemTotal: 1024 kB\nHugepagesize: 2048 kB\n");
    tree.add("proc/cpuinfo", "processor\t: 0\nvendor_id\t: AuthenticAMD\nmodel name\t: x\n\nvendor_id\t: other\n");
    tree.add("proc/mounts", "none /dev/hugepages hugetlbfs rw,pagesize=2M 0 0\n");
    tree.add("sys/devices/system/node/node0/meminfo", "Node 0 MemTotal: 1000 kB\nNode 0 MemFree: 10 kB\n");
    for (const std::string file : {"nr", "free", "surplus"})
        tree.add("sys/devices/system/node/node0/hugepages/hugepages-2048kB/" + file + "_hugepages", "0\n");
    tree.add("etc/sysctl.d/a.conf", "vm.swappiness = 1\nnet.core.rmem_max = 2\n");
    tree.add_folder("sys/class/net/docker0");
    const auto facts = facts_of(tree, {"net.core.rmem_max"}, {});
    CHECK(facts.memory == 1024 * 1024);
    CHECK(facts.cpu_vendor == "AuthenticAMD");
    CHECK(facts.hugetlbfs_pages == std::set<std::uint64_t>{2048});
    CHECK(facts.node_memory == std::vector<plan::NodeMemory>{{0, 1000 * 1024, 10 * 1024}});
    CHECK(facts.pools.size() == 1);
    CHECK(facts.sysctl_lines == std::vector<plan::SysctlLine>{{"etc/sysctl.d/a.conf", 2, "net.core.rmem_max", "2"}});
    CHECK(facts.bridge_filter_users == Names{"Docker"});
}

TEST_CASE("this machine's own facts") {
    const Root root = Root::open("/").value();
    const auto facts = host_facts(root, {"kernel.ostype", "kernel.no_such_thing"}, {"no_such_module"});
    REQUIRE(facts);
    CHECK(facts->kernel + "\n" == root.read("proc/sys/kernel/osrelease").value());
    CHECK(facts->boot_id.size() == 36);
    CHECK(facts->sysctls == std::map<std::string, std::string>{{"kernel.ostype", "Linux"}});
    CHECK(facts->modules.empty());
}

}  // namespace host_test
