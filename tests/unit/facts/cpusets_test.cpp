#include "daemon/facts/cpusets.hpp"

#include <doctest/doctest.h>

#include "tests/fakes/temporary_tree.hpp"

namespace cpusets_test {

using namespace kvmtune;
using namespace kvmtune::facts;
using kvmtune::fakes::TemporaryTree;

namespace {

void add_cgroup(const TemporaryTree &tree, const std::string &path, const std::string &partition,
                const std::string &cpus, const std::string &exclusive = "") {
    const std::string folder = "sys/fs/cgroup/" + path;
    tree.add(folder + "/cpuset.cpus.partition", partition + "\n");
    tree.add(folder + "/cpuset.cpus.effective", cpus + "\n");
    tree.add(folder + "/cpuset.cpus.exclusive", exclusive + "\n");
}

}  // namespace

TEST_CASE("isolated and tickless CPUs are those of the kernel's command line") {
    const TemporaryTree tree;
    tree.add("sys/devices/system/cpu/isolated", "4-7,12-15\n");
    tree.add("sys/devices/system/cpu/nohz_full", "4-7\n");
    CHECK(isolated_cpus(tree.root()) == CpuSet{4, 5, 6, 7, 12, 13, 14, 15});
    CHECK(tickless_cpus(tree.root()) == CpuSet{4, 5, 6, 7});
}

TEST_CASE("a host that isolates none says so in several ways") {
    const TemporaryTree tree;
    CHECK(isolated_cpus(tree.root()).empty());
    CHECK(tickless_cpus(tree.root()).empty());
    tree.add("sys/devices/system/cpu/isolated", "\n");
    tree.add("sys/devices/system/cpu/nohz_full", "  (null)\n");
    CHECK(isolated_cpus(tree.root()).empty());
    CHECK(tickless_cpus(tree.root()).empty());
}

TEST_CASE("CPUs that are there and not online are offline") {
    const TemporaryTree tree;
    CHECK(offline_cpus(tree.root()).empty());
    tree.add("sys/devices/system/cpu/present", "0-7\n");
    tree.add("sys/devices/system/cpu/online", "0-3,6-7\n");
    CHECK(offline_cpus(tree.root()) == CpuSet{4, 5});
    tree.add("sys/devices/system/cpu/possible", "0-127\n");
    CHECK(possible_cpus(tree.root()) == CpuSet::range(0, 127));
    CHECK(online_cpus(tree.root()) == CpuSet{0, 1, 2, 3, 6, 7});
    tree.add("sys/devices/system/cpu/smt/control", "on\n");
    CHECK(offline_cpus(tree.root()) == CpuSet{4, 5});
    tree.add("sys/devices/system/cpu/smt/control", "forceoff\n");
    CHECK(offline_cpus(tree.root()).empty());
}

TEST_CASE("partitions are cgroups that are valid ones, with what they keep for themselves") {
    const TemporaryTree tree;
    add_cgroup(tree, "dpdk.slice", "isolated", "4-5");
    add_cgroup(tree, "dpdk.slice/inner.service", "root", "6-7");
    add_cgroup(tree, "machine.slice", "member", "0-3");
    add_cgroup(tree, "machine.slice/guest.scope", "root", "3");
    add_cgroup(tree, "failed.slice", "root invalid (Cpu list in cpuset.cpus not exclusive)", "0-3");
    tree.add("sys/fs/cgroup/cpuset.cpus.effective", "0-3\n");
    CHECK(partitions(tree.root()) ==
          std::vector<plan::CpuPartition>{{"dpdk.slice", {4, 5}}, {"dpdk.slice/inner.service", {6, 7}}});
}

TEST_CASE("a remote partition is found below cgroups that let CPUs go to it") {
    const TemporaryTree tree;
    add_cgroup(tree, "system.slice", "member", "0-3", "4-7");
    add_cgroup(tree, "system.slice/ovs.service", "isolated", "4-7", "4-7");
    CHECK(partitions(tree.root()) == std::vector<plan::CpuPartition>{{"system.slice/ovs.service", {4, 5, 6, 7}}});
}

TEST_CASE("without cgroups there are no partitions, and what guests may use is not known") {
    const TemporaryTree tree;
    CHECK(partitions(tree.root()).empty());
    CHECK_FALSE(guest_cpus(tree.root()));
}

TEST_CASE("guests may use what machine.slice may, or machine on a host without systemd") {
    const TemporaryTree with, without;
    add_cgroup(with, "machine.slice", "member", "0-3,8");
    CHECK(guest_cpus(with.root()) == CpuSet{0, 1, 2, 3, 8});
    add_cgroup(without, "machine", "member", "0-1");
    CHECK(guest_cpus(without.root()) == CpuSet{0, 1});
}

}  // namespace cpusets_test
