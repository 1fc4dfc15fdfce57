#include <doctest/doctest.h>

#include "daemon/facts/confinement.hpp"
#include "tests/fakes/temporary_tree.hpp"

namespace confinement_test {

using namespace kvmtune;
using facts::qemu_reads_nodes;

namespace {

const std::string profiles = "sys/kernel/security/apparmor/profiles";
const std::string rules = "etc/apparmor.d/abstractions/libvirt-qemu";
/// As Debian 12 has it.
const std::string of_debian =
    "  # for restore\n  /sys/devices/system/node/ r,\n  /sys/devices/system/node/node[0-9]*/meminfo r,\n";

}  // namespace

TEST_CASE("without AppArmor, or with libvirt outside of it, QEMU reads what it likes") {
    const fakes::TemporaryTree tree;
    CHECK(qemu_reads_nodes(tree.root()));
    tree.add(rules, of_debian);
    CHECK(qemu_reads_nodes(tree.root()));
    tree.add(profiles, "libvirtd (complain)\nman_filter (enforce)\n");
    CHECK(qemu_reads_nodes(tree.root()));
}

TEST_CASE("Debian's profile keeps the CPUs of nodes from QEMU, until somebody adds a rule") {
    for (const std::string &file : {rules, std::string("etc/apparmor.d/local/abstractions/libvirt-qemu"),
                                    std::string("etc/apparmor.d/abstractions/libvirt-qemu.d/numa")}) {
        const fakes::TemporaryTree tree;
        tree.add(profiles, "libvirtd (enforce)\nlibvirtd//qemu_bridge_helper (enforce)\n");
        tree.add(rules, of_debian);
        CHECK_FALSE(qemu_reads_nodes(tree.root()));
        tree.add(file, of_debian + "  # /sys/** r,\n  /sys/devices/system/node/node[0-9]*/cpumap w,\n");
        CHECK_FALSE(qemu_reads_nodes(tree.root()));
        tree.add(file, of_debian + "\t/sys/devices/system/node/node[0-9]*/cpumap r,\n");
        CHECK(qemu_reads_nodes(tree.root()));
    }
}

}  // namespace confinement_test
