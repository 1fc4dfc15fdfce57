#include "guest-agent/knob_name.hpp"

#include <doctest/doctest.h>

namespace knob_name_test {

using namespace kvmtune;
using namespace kvmtune::agent;

namespace {

bool takes(const std::string &knob, const std::string &value) {
    const auto name = knob_from(knob);
    REQUIRE(name.has_value());
    return check_value(*name, value).has_value();
}

}  // namespace

TEST_CASE("the list of knobs is closed") {
    CHECK(knob_from("sysctl/net.core.rmem_max") == KnobName{KnobName::Kind::sysctl, "net.core.rmem_max"});
    CHECK(knob_from("nic/52:54:00:12:34:56/mtu") == KnobName{KnobName::Kind::mtu, "52:54:00:12:34:56"});
    CHECK(knob_from("nic/52:54:00:12:34:56/channels") == KnobName{KnobName::Kind::channels, "52:54:00:12:34:56"});
    CHECK(knob_from("nic/52:54:00:12:34:56/rings/rx") == KnobName{KnobName::Kind::rx_ring, "52:54:00:12:34:56"});
    CHECK(knob_from("nic/52:54:00:12:34:56/rings/tx") == KnobName{KnobName::Kind::tx_ring, "52:54:00:12:34:56"});
    CHECK(knobs_of_nics() == std::vector<std::string>{"channels", "mtu", "name", "rings/rx", "rings/tx"});
    for (const char *wrong : {"",
                              "/",
                              "sysctl",
                              "sysctl/",
                              "sysctl/kernel.core_pattern",
                              "sysctl/net.core.rmem_max/",
                              "sysctl//net.core.rmem_max",
                              "sysctl/../../../etc/passwd",
                              "sysctl/net/core/rmem_max",
                              "file/etc/passwd",
                              "nic/eth0/mtu",
                              "nic/mtu",
                              "nic/52:54:00:12:34:56",
                              "nic/52:54:00:12:34:56/",
                              "nic/52:54:00:12:34:56/rings",
                              "nic//mtu",
                              "nic/52:54:00:12:34:5G/mtu",
                              "nic/52:54:00:12:34:56/x/mtu",
                              "nic/52:54:00:12:34:56mtu",
                              "nic/52:54:00:12:34:56/rings/",
                              "nic/52:54:00:12:34:56/rings/rx/",
                              "nic/52:54:00:12:34:56//rings/rx",
                              "nic/52:54:00:12:34:56/rx",
                              "NIC/52:54:00:12:34:56/mtu"}) {
        CAPTURE(wrong);
        const auto knob = knob_from(wrong);
        REQUIRE(!knob.has_value());
        CHECK(knob.error().kind == ErrorKind::unsupported);
    }
}

TEST_CASE("every sysctl on the list is a knob") {
    CHECK(allowed_sysctls().size() == 12);
    for (const std::string &name : allowed_sysctls()) CHECK(knob_from("sysctl/" + name).has_value());
}

TEST_CASE("sizes are positive numbers that the kernel can hold") {
    const std::string knob = "sysctl/net.core.rmem_max";
    CHECK(takes(knob, "1"));
    CHECK(takes(knob, "2147483647"));
    for (const char *wrong :
         {"", "0", "-1", "+1", "2147483648", "99999999999999999999", "1 2", "0x10", "010", "1 ", " 1", "1k", "1\n"}) {
        CAPTURE(wrong);
        CHECK(!takes(knob, wrong));
    }
}

TEST_CASE("buffers of TCP are three ascending numbers") {
    const std::string knob = "sysctl/net.ipv4.tcp_rmem";
    CHECK(takes(knob, "4096 131072 6291456"));
    CHECK(takes(knob, "4096 4096 4096"));
    for (const char *wrong : {"", "4096", "4096 131072", "4096 131072 6291456 1", "131072 4096 6291456", "0 1 2",
                              "4096  131072 6291456", "4096\t131072\t6291456", "a b c", "1 2 2147483648", "1 2 "}) {
        CAPTURE(wrong);
        CHECK(!takes(knob, wrong));
    }
}

TEST_CASE("switches have few values and the congestion control is a name") {
    CHECK(takes("sysctl/net.ipv4.tcp_mtu_probing", "2"));
    CHECK(!takes("sysctl/net.ipv4.tcp_mtu_probing", "3"));
    CHECK(takes("sysctl/net.ipv4.tcp_window_scaling", "0"));
    CHECK(!takes("sysctl/net.ipv4.tcp_window_scaling", "2"));
    CHECK(takes("sysctl/net.ipv4.tcp_congestion_control", "bbr"));
    for (const char *wrong : {"", "../bbr", "bbr cubic", "a-name-of-16-char", "BBR"}) {
        CAPTURE(wrong);
        CHECK(!takes("sysctl/net.ipv4.tcp_congestion_control", wrong));
    }
}

TEST_CASE("MTU, channels and rings have bounds") {
    CHECK(takes("nic/52:54:00:12:34:56/rings/rx", "1"));
    CHECK(takes("nic/52:54:00:12:34:56/rings/tx", "1048576"));
    CHECK(!takes("nic/52:54:00:12:34:56/rings/tx", "1048577"));
    CHECK(!takes("nic/52:54:00:12:34:56/rings/rx", "0"));
    CHECK(takes("nic/52:54:00:12:34:56/mtu", "1280"));
    CHECK(takes("nic/52:54:00:12:34:56/mtu", "65535"));
    CHECK(!takes("nic/52:54:00:12:34:56/mtu", "1279"));
    CHECK(!takes("nic/52:54:00:12:34:56/mtu", "65536"));
    CHECK(takes("nic/52:54:00:12:34:56/channels", "1"));
    CHECK(!takes("nic/52:54:00:12:34:56/channels", "0"));
    CHECK(!takes("nic/52:54:00:12:34:56/channels", "65536"));
}

}  // namespace knob_name_test
