#include "daemon/facts/links.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "tests/fakes/temporary_tree.hpp"

namespace links_test {

using namespace kvmtune;
using fakes::TemporaryTree;

namespace {

/// A host's sys/class/net, where links are links to folders of devices.
struct Sysfs {
    void add(const std::string &name, unsigned index, const std::string &mtu = "1500") const {
        const std::string device = "sys/devices/virtual/net/" + name;
        tree.add(device + "/ifindex", std::to_string(index) + "\n");
        tree.add(device + "/mtu", mtu + "\n");
        tree.add(device + "/address", "FE:54:00:12:34:56\n");
        tree.add(device + "/uevent", "INTERFACE=" + name + "\nIFINDEX=" + std::to_string(index) + "\n");
        tree.add_folder("sys/class/net");
        std::filesystem::create_directory_symlink("../../devices/virtual/net/" + name, net() + "/" + name);
    }
    void point(const std::string &file, const std::string &to) const {
        std::filesystem::create_directory_symlink(to, net() + "/" + file);
    }
    std::string net() const { return tree.root().path() + "/sys/class/net"; }
    plan::Link only() const {
        const auto links = facts::links_in(tree.root()).value();
        REQUIRE(links.size() == 1);
        return links.front();
    }

    TemporaryTree tree;
};

}  // namespace

TEST_CASE("a guest's tap says its index, MTU, address, and the bridge that it is a port of") {
    Sysfs sysfs;
    sysfs.add("vnet0", 7, "9000");
    sysfs.tree.add("sys/devices/virtual/net/vnet0/tun_flags", "0x5002\n");
    sysfs.point("vnet0/master", "../virbr0");
    const auto link = sysfs.only();
    CHECK(link.name == "vnet0");
    CHECK(link.index == 7);
    CHECK(link.mtu == 9000);
    CHECK(link.mac == "fe:54:00:12:34:56");
    CHECK(link.kind == "tun");
    CHECK(link.master == "virbr0");
    CHECK(link.present_mtu() == 9000);
}

TEST_CASE("a port that names only its bridge has that as its master") {
    Sysfs sysfs;
    sysfs.add("vnet0", 7);
    sysfs.tree.add("sys/devices/virtual/net/vnet0/brport/port_no", "0x1\n");
    sysfs.point("vnet0/brport/bridge", "../../br0");
    CHECK(sysfs.only().master == "br0");
}

TEST_CASE("what a link is made of is its kind") {
    Sysfs sysfs;
    sysfs.add("x", 3);
    const std::string device = "sys/devices/virtual/net/x";
    SUBCASE("a bridge") {
        sysfs.tree.add(device + "/bridge/bridge_id", "8000.5254000df5b9\n");
        sysfs.tree.add(device + "/uevent", "DEVTYPE=bridge\n");
        CHECK(sysfs.only().kind == "bridge");
    }
    SUBCASE("a bond") {
        sysfs.tree.add(device + "/bonding/mode", "802.3ad 4\n");
        CHECK(sysfs.only().kind == "bond");
    }
    SUBCASE("what the kernel calls it") {
        sysfs.tree.add(device + "/uevent", "DEVTYPE=vlan\nINTERFACE=x\n");
        CHECK(sysfs.only().kind == "vlan");
    }
    SUBCASE("hardware, of whatever type") {
        sysfs.tree.add_folder(device + "/device");
        sysfs.tree.add(device + "/uevent", "DEVTYPE=wlan\nINTERFACE=x\n");
        CHECK(sysfs.only().kind.empty());
    }
    SUBCASE("veth and dummy tell nothing") {
        CHECK(sysfs.only().kind == "virtual");
    }
    CHECK(sysfs.only().master.empty());
}

TEST_CASE("a device of hardware says its NUMA node, where the firmware does, and who sets it up") {
    Sysfs sysfs;
    sysfs.add("ens1f0", 3);
    const std::string node = "sys/devices/virtual/net/ens1f0/device/numa_node";
    sysfs.tree.add(node, "1\n");
    CHECK(sysfs.only().node == 1u);
    sysfs.tree.add(node, "-1\n");
    CHECK(sysfs.only().node == std::nullopt);
    CHECK(sysfs.only().manager.empty());
    sysfs.tree.add("run/systemd/netif/links/3", "ADMIN_STATE=unmanaged\nOPER_STATE=routable\n");
    CHECK(sysfs.only().manager.empty());
    sysfs.tree.add("run/systemd/netif/links/3", "ADMIN_STATE=configured\nOPER_STATE=routable\n");
    CHECK(sysfs.only().manager == "systemd-networkd");
    sysfs.tree.add("run/NetworkManager/devices/3", "[device]\nmanaged=true\n");
    CHECK(sysfs.only().manager == "NetworkManager");
}

TEST_CASE("files among the links and links that are going away are left out") {
    Sysfs sysfs;
    sysfs.add("eth0", 2);
    sysfs.tree.add("sys/class/net/bonding_masters", "bond0\n");
    sysfs.point("gone", "../../devices/virtual/net/gone");
    CHECK(sysfs.only().name == "eth0");
}

TEST_CASE("a tree without links has none") {
    TemporaryTree tree;
    CHECK(facts::links_in(tree.root()).value().empty());
}

TEST_CASE("a link stands for itself within one boot only") {
    CHECK(facts::link_epoch("boot", 7) == facts::link_epoch("boot", 7));
    CHECK(facts::link_epoch("boot", 7) != facts::link_epoch("boot", 8));
    CHECK(facts::link_epoch("boot", 7) != facts::link_epoch("other", 7));
}

}  // namespace links_test
