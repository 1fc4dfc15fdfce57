#include "guest-agent/knobs.hpp"

#include <doctest/doctest.h>

#include "tests/unit/agent/fake_guest.hpp"

namespace knobs_test {

using namespace kvmtune;
using namespace kvmtune::fakes;

namespace {

const std::string mtu = std::string("nic/") + nic_mac + "/mtu";
const std::string channels = std::string("nic/") + nic_mac + "/channels";
const std::string rx_ring = std::string("nic/") + nic_mac + "/rings/rx";
const std::string tx_ring = std::string("nic/") + nic_mac + "/rings/tx";
const std::string features = "sys/class/net/eth0/device/features";

/// The features of a virtio device, with or without VIRTIO_F_RING_RESET (bit 40).
std::string with_bit_40(char digit) {
    std::string digits(64, '1');
    digits[40] = digit;
    return digits + "\n";
}

struct World {
    FakeGuest guest;
    Root root = guest.root();
    agent::Knobs knobs{root, guest.links};
};

}  // namespace

TEST_CASE("a view has what the guest has") {
    World world;
    const auto view = world.knobs.view();
    REQUIRE(view.has_value());
    CHECK(view->boot_id == first_boot);
    CHECK(view->agent_version == KVMTUNE_VERSION);
    CHECK(view->cpus == 4);
    CHECK(view->memory == std::uint64_t{2048000} * 1024);
    CHECK(view->sysctl_names.size() == 12);
    CHECK(view->sysctls == std::map<std::string, std::string>{{"net.core.rmem_max", "212992"},
                                                              {"net.core.wmem_max", "212992"},
                                                              {"net.ipv4.tcp_rmem", "4096 131072 6291456"}});
    CHECK(view->nics == std::vector<protocol::Nic>{{nic_mac, "eth0", 1, 4, 1500}});
}

TEST_CASE("a NIC is told from what stands on it by its kind") {
    World world;
    auto &entries = world.guest.links.entries;
    entries.push_back({Link{3, "bond0", nic_mac, "bond", 1500, 0}, std::nullopt, 65535});
    entries.push_back({Link{4, "eth0.5", nic_mac, "vlan", 1400, 0}, std::nullopt, 65535});
    const auto reading = world.knobs.read(mtu);
    REQUIRE(reading.has_value());
    CHECK(*reading == agent::Reading{"1500", "2"});
}

TEST_CASE("a MAC that two NICs share names neither") {
    World world;
    world.guest.links.entries.push_back(virtio_nic(3, "eth1", nic_mac, Channels{1, 1}));
    const auto reading = world.knobs.read(mtu);
    REQUIRE(!reading.has_value());
    CHECK(error_of(reading).kind == ErrorKind::not_found);
    CHECK(world.knobs.view()->nics.empty());
}

TEST_CASE("a NIC without channels still has an MTU") {
    World world;
    world.guest.links.at("eth0").channels.reset();
    CHECK(world.knobs.view()->nics == std::vector<protocol::Nic>{{nic_mac, "eth0", {}, {}, 1500}});
    CHECK(world.knobs.read(mtu).has_value());
    CHECK(error_of(world.knobs.read(channels)).kind == ErrorKind::unsupported);
}

TEST_CASE("writes arrive where they belong") {
    World world;
    REQUIRE(world.knobs.write(mtu, "9000").has_value());
    REQUIRE(world.knobs.write(channels, "4").has_value());
    REQUIRE(world.knobs.write("sysctl/net.core.rmem_max", "425984").has_value());
    CHECK(world.guest.links.at("eth0").link.mtu == 9000);
    CHECK(world.guest.links.at("eth0").channels->now == 4);
    CHECK(world.guest.value("net.core.rmem_max") == "425984");
    CHECK(world.guest.value("net.core.wmem_max") == "212992");
}

TEST_CASE("more channels than the NIC has are not asked of the kernel") {
    World world;
    const auto written = world.knobs.write(channels, "5");
    REQUIRE(!written.has_value());
    CHECK(error_of(written) == Error{ErrorKind::invalid, "more than 4"});
    CHECK(world.guest.links.at("eth0").channels->now == 1);
}

TEST_CASE("without a memory size there is no view") {
    World world;
    world.guest.write("proc/meminfo", "nothing\n");
    CHECK(!world.knobs.view().has_value());
}

TEST_CASE("a view has the largest MTU and the rings of a NIC") {
    World world;
    auto &entry = world.guest.links.at("eth0");
    entry.link.mtu_max = 9000;
    entry.rings = Rings{256, 1024, 128, 256};
    protocol::Nic wanted{nic_mac, "eth0", 1, 4, 1500};
    wanted.mtu_max = 9000;
    wanted.rx_ring = 256;
    wanted.rx_ring_max = 1024;
    wanted.tx_ring = 128;
    wanted.tx_ring_max = 256;
    CHECK(world.knobs.view()->nics == std::vector<protocol::Nic>{wanted});
    SUBCASE("a device without queue resets says that they stay as they are") {
        world.guest.write(features, with_bit_40('0'));
        CHECK(world.knobs.view()->nics.at(0).rings_fixed == "its device lacks VIRTIO_F_RING_RESET");
        world.guest.write(features, "0011\n");
        CHECK(world.knobs.view()->nics.at(0).rings_fixed == "its device lacks VIRTIO_F_RING_RESET");
    }
    SUBCASE("a device with them says nothing") {
        world.guest.write(features, with_bit_40('1'));
        CHECK(world.knobs.view()->nics.at(0).rings_fixed.empty());
    }
    SUBCASE("a kernel's largest device MTU is no more than a packet can have") {
        entry.link.mtu_max = 4294967295u;
        CHECK(world.knobs.view()->nics.at(0).mtu_max == 65535u);
    }
    SUBCASE("sizes that make no sense are left out") {
        entry.rings = Rings{2048, 1024, 0, 0};
        CHECK(!world.knobs.view()->nics.at(0).rx_ring.has_value());
        CHECK(!world.knobs.view()->nics.at(0).tx_ring_max.has_value());
    }
}

TEST_CASE("each ring is read and written by itself") {
    World world;
    world.guest.links.at("eth0").rings = Rings{256, 1024, 128, 256};
    CHECK(world.knobs.read(rx_ring) == Result<agent::Reading>(agent::Reading{"256", "2"}));
    CHECK(world.knobs.read(tx_ring) == Result<agent::Reading>(agent::Reading{"128", "2"}));
    REQUIRE(world.knobs.write(rx_ring, "1024").has_value());
    CHECK(world.guest.links.at("eth0").rings == Rings{1024, 1024, 128, 256});
    REQUIRE(world.knobs.write(tx_ring, "256").has_value());
    CHECK(world.guest.links.at("eth0").rings == Rings{1024, 1024, 256, 256});
    CHECK(error_of(world.knobs.write(tx_ring, "1024")) == Error{ErrorKind::invalid, "more than 256"});
    world.guest.links.at("eth0").rings.reset();
    CHECK(error_of(world.knobs.read(rx_ring)).kind == ErrorKind::unsupported);
}

TEST_CASE("a device that cannot resize rings is not asked to") {
    World world;
    world.guest.links.at("eth0").rings = Rings{256, 1024, 256, 256};
    world.guest.write(features, with_bit_40('0'));
    CHECK(error_of(world.knobs.write(rx_ring, "1024")) ==
          Error{ErrorKind::unsupported, "its device lacks VIRTIO_F_RING_RESET"});
    CHECK(world.guest.links.at("eth0").rings->rx == 256);
}

TEST_CASE("a kernel that refused to resize rings is remembered until it does it, or the NIC is another one") {
    World world;
    auto &entry = world.guest.links.at("eth0");
    entry.rings = Rings{256, 1024, 256, 256};
    entry.keeps_rings = true;
    CHECK(world.knobs.view()->nics.at(0).rings_fixed.empty());
    CHECK(!world.knobs.write(rx_ring, "1024").has_value());
    const std::string why = "its kernel refused: eth0: set ring: Cannot allocate memory";
    CHECK(world.knobs.view()->nics.at(0).rings_fixed == why);
    entry.link.index = 7;
    CHECK(world.knobs.view()->nics.at(0).rings_fixed.empty());
    entry.link.index = 2;
    CHECK(world.knobs.view()->nics.at(0).rings_fixed == why);
    entry.keeps_rings = false;
    CHECK(world.knobs.write(rx_ring, "1024").has_value());
    CHECK(world.knobs.view()->nics.at(0).rings_fixed.empty());
}

TEST_CASE("an MTU beyond what the device takes is not asked of the kernel") {
    World world;
    world.guest.links.at("eth0").link.mtu_max = 9000;
    CHECK(error_of(world.knobs.write(mtu, "9001")) ==
          Error{ErrorKind::invalid, "more than the 9000 that the device takes"});
    CHECK(world.guest.links.at("eth0").link.mtu == 1500);
    CHECK(world.knobs.write(mtu, "9000").has_value());
}

TEST_CASE("a view tells what the kernel can drive") {
    World world;
    const auto told = [&] { return world.knobs.view().value(); };
    CHECK(told().kernel.empty());
    CHECK_FALSE(told().ahci.has_value());
    CHECK(told().virtio_1 == false);
    world.guest.write("proc/sys/kernel/osrelease", "3.10.0-1160.el7\n");
    world.guest.write("lib/modules/3.10.0-1160.el7/modules.builtin", "");
    CHECK(told().ahci == false);
    world.guest.write("lib/modules/3.10.0-1160.el7/kernel/drivers/ata/ahci.ko.xz", "");
    CHECK(told().kernel == "3.10.0-1160.el7");
    CHECK(told().ahci == true);
    CHECK(told().virtio_1 == false);
    std::string features(64, '0');
    features[32] = '1';
    world.guest.write("sys/bus/virtio/devices/virtio0/features", features + "\n");
    CHECK(told().virtio_1 == true);

    World modern;
    modern.guest.write("proc/sys/kernel/osrelease", "6.1.0\n");
    modern.guest.write("lib/modules/6.1.0/modules.builtin", "kernel/drivers/ata/libata.ko\n");
    CHECK(modern.knobs.view()->virtio_1 == true);
    CHECK(modern.knobs.view()->ahci == false);
    modern.guest.write("lib/modules/6.1.0/modules.builtin", "kernel/drivers/ata/ahci.ko\n");
    CHECK(modern.knobs.view()->ahci == true);
}

}  // namespace knobs_test
