#include "daemon/pipeline/without_us.hpp"

#include <doctest/doctest.h>

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

TEST_CASE("a guest's knobs with our values are seen with their originals") {
    plan::GuestFacts facts;
    facts.boot_id = "guest-boot";
    facts.sysctls["net.core.rmem_max"] = "16777216";
    facts.nics.push_back({"52:54:00:00:00:01", "eth0", 4, 4, 1500});
    const auto seen = pipeline::without_us(
        facts, "uuid",
        {{{TargetKind::knob, "uuid", "sysctl/net.core.rmem_max"}, Hold{"guest-boot", "212992", "16777216", {}, {}}},
         {{TargetKind::knob, "uuid", "nic/52:54:00:00:00:01/channels"}, Hold{"guest-boot", "1", "4", "4", {}}}});
    CHECK(seen.sysctls.at("net.core.rmem_max") == "212992");
    CHECK(seen.nics.front().channels == 1u);
    CHECK(seen.nics.front().mtu == 1500);
}

TEST_CASE("the present seat is read from the holds") {
    const auto seat = pipeline::present_seat(
        "uuid", {{{TargetKind::element, "uuid", "cputune/vcpupin/3"}, Hold{"", {}, "5", "5", {}}},
                 {{TargetKind::element, "uuid", "cputune/emulatorpin"}, Hold{"", {}, "0,6", "0,6", {}}},
                 {{TargetKind::affinity, "uuid", "vhost/52:54:00:00:00:01/1"}, Hold{"9@9", {}, "6", "6", {}}},
                 {{TargetKind::element, "other", "cputune/vcpupin/0"}, Hold{"", {}, "1", "1", {}}}});
    CHECK(seat.vcpus == std::map<unsigned, CpuSet>{{3, CpuSet{5}}});
    CHECK(seat.emulator == CpuSet{0, 6});
    CHECK(seat.workers == std::map<plan::NicQueue, CpuSet>{{{"52:54:00:00:00:01", 1}, CpuSet{6}}});
}
