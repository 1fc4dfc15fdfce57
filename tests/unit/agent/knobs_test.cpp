#include "guest-agent/knobs.hpp"

#include <doctest/doctest.h>

#include "tests/unit/agent/fake_guest.hpp"

using namespace kvmtune;
using namespace kvmtune::fakes;

namespace {

const std::string mtu = std::string("nic/") + nic_mac + "/mtu";
const std::string channels = std::string("nic/") + nic_mac + "/channels";

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
