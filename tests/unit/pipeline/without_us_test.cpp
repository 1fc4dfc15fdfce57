#include "daemon/pipeline/without_us.hpp"

#include <doctest/doctest.h>

namespace without_us_test {

using namespace kvmtune;
using plan::Hold;
using plan::Target;
using plan::TargetKind;

TEST_CASE("a sysctl with our value is seen with its original") {
    plan::HostFacts facts;
    facts.boot_id = "boot";
    facts.sysctls["net.core.somaxconn"] = "65535";
    const Target target{TargetKind::sysctl, "", "net.core.somaxconn"};
    CHECK(pipeline::without_us(facts, {{target, Hold{"boot", "4096", "65535", "65535", {}}}})
              .sysctls.at("net.core.somaxconn") == "4096");
    SUBCASE("not one with another value") {
        facts.sysctls["net.core.somaxconn"] = "1234";
        CHECK(pipeline::without_us(facts, {{target, Hold{"boot", "4096", "65535", "65535", {}}}}) == facts);
    }
    SUBCASE("not by a hold of another boot") {
        CHECK(pipeline::without_us(facts, {{target, Hold{"old", "4096", "65535", "65535", {}}}}) == facts);
    }
    SUBCASE("by a hold that survives boots") {
        CHECK(pipeline::without_us(facts, {{target, Hold{"", "4096", "65535", "65535", {}}}}) != facts);
    }
}

TEST_CASE("a module that we loaded is seen as one to be loaded") {
    plan::HostFacts facts;
    facts.boot_id = "boot";
    facts.modules = {"vhost_net"};
    const auto seen = pipeline::without_us(
        facts, {{{TargetKind::module, "", "vhost_net"}, Hold{"", std::nullopt, "loaded", "loaded", {}}}});
    CHECK(seen.modules.empty());
    CHECK(seen.loadable.count("vhost_net") == 1);
}

TEST_CASE("a link with our MTU is seen with its original, and what it has from us beside it") {
    plan::HostFacts facts;
    facts.boot_id = "boot";
    plan::Link tap;
    tap.name = "vnet0";
    tap.index = 7;
    tap.mtu = 9000;
    facts.links = {tap};
    const Target target{TargetKind::link, "", "vnet0/mtu"};
    const auto link = pipeline::without_us(facts, {{target, Hold{"boot/7", "1500", "9000", "9000", {}}}}).links[0];
    CHECK(link.mtu == 1500);
    CHECK(link.present_mtu() == 9000);
    SUBCASE("not by a hold on an earlier link of this name") {
        CHECK(pipeline::without_us(facts, {{target, Hold{"boot/6", "1500", "9000", "9000", {}}}}) == facts);
    }
    SUBCASE("not one with another MTU") {
        CHECK(pipeline::without_us(facts, {{target, Hold{"boot/7", "1500", "4000", "4000", {}}}}) == facts);
    }
}

TEST_CASE("a network with our MTU is seen without it, by the holds on this very network") {
    plan::HostFacts facts;
    plan::NetworkFacts network;
    network.name = "default";
    network.uuid = "one";
    network.mtu = 9000;
    facts.networks = {network};
    const Target target{TargetKind::network, "", "default/mtu"};
    const auto seen = [&](const Hold &hold) { return pipeline::without_us(facts, {{target, hold}}).networks[0].mtu; };
    CHECK_FALSE(seen(Hold{"one", std::nullopt, "9000", "9000", {}}).has_value());
    CHECK(seen(Hold{"one", "1400", "9000", "9000", {}}) == 1400u);
    CHECK(seen(Hold{"other", std::nullopt, "9000", "9000", {}}) == 9000u);
    CHECK(seen(Hold{"one", std::nullopt, "4000", "4000", {}}) == 9000u);
}

TEST_CASE("the MTUs that a guest has from us are known while it is silent") {
    const auto knob = [](const std::string &uuid, const std::string &name) {
        return Target{TargetKind::knob, uuid, name};
    };
    const plan::Holds holds = {
        {knob("a", "nic/52:54:00:00:00:01/mtu"), Hold{"boot", "1500", "9000", "9000", {}}},
        {knob("a", "nic/52:54:00:00:00:02/channels"), Hold{"boot", "1", "4", "4", {}}},
        {knob("b", "nic/52:54:00:00:00:03/mtu"), Hold{"boot", "1500", "4000", std::nullopt, {}}},
    };
    CHECK(pipeline::given_mtus("a", holds) == std::map<std::string, unsigned>{{"52:54:00:00:00:01", 9000}});
    CHECK(pipeline::given_mtus("b", holds) == std::map<std::string, unsigned>{{"52:54:00:00:00:03", 4000}});
    CHECK(pipeline::given_mtus("c", holds).empty());
}

TEST_CASE("a pool is seen without our pages, the free ones first, and what is in use stays known") {
    plan::HostFacts facts;
    facts.boot_id = "boot";
    plan::HugePagePool pool;
    pool.total = 500;
    pool.free = 300;
    facts.pools = {pool};
    const Target target{TargetKind::pool, "", "node0/2048kB"};
    const auto seen = [&](const Hold &hold) { return pipeline::without_us(facts, {{target, hold}}).pools.front(); };
    plan::HugePagePool expected = pool;
    expected.total = 350;
    expected.free = 150;
    expected.ours = 150;
    CHECK(seen(Hold{"boot", "350", "500", "500", {}}) == expected);
    SUBCASE("of which more are in use than the rest has") {
        expected.total = 100;
        expected.free = 0;
        expected.surplus = 100;
        expected.ours = 400;
        CHECK(seen(Hold{"", "100", "500", "500", {}}) == expected);
        CHECK(expected.in_use() == pool.in_use());
    }
    SUBCASE("not by a hold of another boot") {
        CHECK(seen(Hold{"old", "100", "500", "500", {}}) == pool);
    }
}

TEST_CASE("a guest's knobs with our values are seen with their originals") {
    plan::GuestFacts facts;
    facts.boot_id = "guest-boot";
    facts.sysctls["net.core.rmem_max"] = "16777216";
    facts.nics.push_back({"52:54:00:00:00:01", "eth0", 4, 4, 1500, 9000, 1024, 1024, 512, 512});
    const auto seen = pipeline::without_us(
        facts, "uuid",
        {{{TargetKind::knob, "uuid", "sysctl/net.core.rmem_max"}, Hold{"guest-boot", "212992", "16777216", {}, {}}},
         {{TargetKind::knob, "uuid", "nic/52:54:00:00:00:01/channels"}, Hold{"guest-boot", "1", "4", "4", {}}},
         {{TargetKind::knob, "uuid", "nic/52:54:00:00:00:01/rings/rx"}, Hold{"guest-boot", "256", "1024", "1024", {}}},
         {{TargetKind::knob, "uuid", "nic/52:54:00:00:00:01/rings/tx"}, Hold{"old-boot", "128", "512", "512", {}}}});
    CHECK(seen.sysctls.at("net.core.rmem_max") == "212992");
    CHECK(seen.nics.front().channels == 1u);
    CHECK(seen.nics.front().mtu == 1500);
    CHECK(seen.nics.front().rx_ring == 256u);
    CHECK(seen.nics.front().tx_ring == 512u);
}

TEST_CASE("the present seat is read from the holds") {
    const auto seat = pipeline::present_seat(
        "uuid", {{{TargetKind::element, "uuid", "cputune/vcpupin/3"}, Hold{"", {}, "5", "5", {}}},
                 {{TargetKind::element, "uuid", "cputune/emulatorpin"}, Hold{"", {}, "0,6", "0,6", {}}},
                 {{TargetKind::element, "uuid", "memoryBacking/hugepages"}, Hold{"", {}, "default", "default", {}}},
                 {{TargetKind::affinity, "uuid", "vhost/52:54:00:00:00:01/1"}, Hold{"9@9", {}, "6", "6", {}}},
                 {{TargetKind::element, "other", "cputune/vcpupin/0"}, Hold{"", {}, "1", "1", {}}}});
    CHECK(seat.vcpus == std::map<unsigned, CpuSet>{{3, CpuSet{5}}});
    CHECK(seat.emulator == CpuSet{0, 6});
    CHECK(seat.huge_pages);
    CHECK_FALSE(seat.page_kib);
    CHECK(seat.workers == std::map<plan::NicQueue, CpuSet>{{{"52:54:00:00:00:01", 1}, CpuSet{6}}});
    const Target pages{TargetKind::element, "uuid", "memoryBacking/hugepages"};
    CHECK(pipeline::present_seat("uuid", {{pages, Hold{"", {}, "1048576", "1048576", {}}}}).page_kib == 1048576);
}

}  // namespace without_us_test
