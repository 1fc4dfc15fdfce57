// A running guest's memory: seen in /proc, moved by libvirt where there is room.
#include "daemon/apply/thread_effects.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "tests/fakes/fake_hypervisor.hpp"
#include "tests/fakes/temporary_tree.hpp"

namespace thread_effects_test {

using namespace kvmtune;
using plan::Target;

namespace {

const std::string uuid = "00000000-0000-4000-8000-000000000001";
const Target memory = plan::memory_target(uuid);

/// A guest with 2 MiB of memory on node 0 and 4 MiB on node 1, which may come from nodes; node 1 has 3 MiB free, node 2
/// has 5 MiB.
struct Guest {
    fakes::TemporaryTree tree;
    fakes::FakeHypervisor hypervisor;
    apply::ThreadEffects effects{tree.root(), hypervisor};

    explicit Guest(const std::string &nodes) {
        hypervisor.add_transient("<domain type='kvm'><name>web01</name><uuid>" + uuid +
                                 "</uuid><numatune><memory mode='restrictive' nodeset='0'/></numatune></domain>");
        const std::string status = "Name:\tqemu-system-x86\nCpus_allowed_list:\t0-7\n" + nodes;
        tree.add("run/libvirt/qemu/web01.pid", "4711\n");
        for (const std::string folder : {"proc/4711", "proc/4711/task/4711"}) {
            tree.add(folder + "/comm", "qemu-system-x86\n");
            tree.add(folder + "/stat",
                     "4711 (qemu-system-x86) S 1 1 1 0 -1 4194560 5 6 7 8 9 10 11 12 20 0 1 0 100 0\n");
            tree.add(folder + "/status", status);
        }
        tree.add("proc/4711/numa_maps", "7f00 default anon=1536 N0=512 N1=1024 kernelpagesize_kB=4\n");
        tree.add("sys/devices/system/node/node1/meminfo", "Node 1 MemTotal: 9000 kB\nNode 1 MemFree: 3072 kB\n");
        tree.add("sys/devices/system/node/node2/meminfo", "Node 2 MemTotal: 9000 kB\nNode 2 MemFree: 5120 kB\n");
        tree.add("sys/devices/system/node/online", "1-2\n");
    }
};

}  // namespace

TEST_CASE("the nodes of a guest's memory are those that the kernel allows its QEMU") {
    Guest guest("Mems_allowed_list:\t0-1\n");
    CHECK(guest.effects.look(memory).value() == plan::Observation{"0-1", "4711@100"});
    Guest other("");
    CHECK(other.effects.look(memory).error().kind == ErrorKind::not_found);
}

TEST_CASE("memory moves by libvirt where it has room, and nowhere else") {
    Guest guest("Mems_allowed_list:\t0-1\n");
    CHECK(guest.effects.put(memory, "1").has_value());  // what is there already needs no room
    CHECK(guest.hypervisor.pins(uuid).at("memory/nodes") == CpuSet{1});
    const auto refused = guest.effects.put(memory, "2");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().what ==
          "affinity:" + uuid + ":memory/nodes: its 6 MiB do not fit into the 5 MiB that are free on nodes 2");
    CHECK(guest.hypervisor.pins(uuid).at("memory/nodes") == CpuSet{1});
    CHECK(guest.effects.put(memory, "0-2").has_value());  // nothing has to leave its node
    std::filesystem::remove(guest.tree.root().path() + "/proc/4711/numa_maps");
    CHECK_FALSE(guest.effects.put(memory, "2"));
}

}  // namespace thread_effects_test
