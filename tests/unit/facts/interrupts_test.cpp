#include "daemon/facts/interrupts.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "daemon/facts/links.hpp"
#include "tests/fakes/temporary_tree.hpp"

namespace interrupts_test {

using namespace kvmtune;
using kvmtune::facts::interrupt_cpus;
using kvmtune::fakes::TemporaryTree;

namespace {

void add_interrupt(const TemporaryTree &tree, const std::string &number, const std::string &file,
                   const std::string &cpus) {
    tree.add("sys/class/net/eth0/device/msi_irqs/" + number, "msix\n");
    tree.add("proc/irq/" + number + "/" + file, cpus + "\n");
}

}  // namespace

TEST_CASE("a device's interrupts are served where the kernel delivers them") {
    const TemporaryTree tree;
    add_interrupt(tree, "60", "effective_affinity_list", "5");
    add_interrupt(tree, "60", "smp_affinity_list", "0-15");
    add_interrupt(tree, "61", "effective_affinity_list", "7");
    CHECK(interrupt_cpus(tree.root(), "eth0") == CpuSet{5, 7});
}

TEST_CASE("an old kernel tells only where it may deliver them") {
    const TemporaryTree tree;
    add_interrupt(tree, "60", "smp_affinity_list", "4-5");
    CHECK(interrupt_cpus(tree.root(), "eth0") == CpuSet{4, 5});
}

TEST_CASE("a vector that nobody asked for is served nowhere, and other links have none") {
    const TemporaryTree tree;
    add_interrupt(tree, "60", "effective_affinity_list", "");
    add_interrupt(tree, "60", "smp_affinity_list", "0-15");
    CHECK(interrupt_cpus(tree.root(), "eth0").empty());
    CHECK(interrupt_cpus(tree.root(), "br0").empty());
}

TEST_CASE("interrupts are known of a device that is a port, not of every one") {
    const TemporaryTree tree;
    add_interrupt(tree, "60", "effective_affinity_list", "5");
    tree.add("sys/class/net/eth0/ifindex", "2\n");
    tree.add("sys/class/net/eth0/mtu", "1500\n");
    CHECK(facts::link(tree.root(), "eth0").value().interrupt_cpus.empty());
    std::filesystem::create_directory_symlink("../br0", tree.root().full("sys/class/net/eth0/master"));
    CHECK(facts::link(tree.root(), "eth0").value().interrupt_cpus == CpuSet{5});
}

}  // namespace interrupts_test
