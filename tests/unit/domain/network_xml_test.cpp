#include "daemon/domain/network_xml.hpp"

#include <doctest/doctest.h>

namespace network_xml_test {

using namespace kvmtune;

namespace {

/// As libvirt 9 prints Debian's default network.
const std::string nat =
    "<network>\n"
    "  <name>default</name>\n"
    "  <uuid>AA94A3A3-1A45-4A3A-8A3B-0F2A7A6B4C01</uuid>\n"
    "  <forward mode='nat'>\n"
    "    <nat>\n"
    "      <port start='1024' end='65535'/>\n"
    "    </nat>\n"
    "  </forward>\n"
    "  <bridge name='virbr0' stp='on' delay='0'/>\n"
    "  <mac address='52:54:00:0d:f5:b9'/>\n"
    "  <ip address='192.168.122.1' netmask='255.255.255.0'>\n"
    "  </ip>\n"
    "</network>\n";

std::string replaced(std::string text, const std::string &from, const std::string &to) {
    return text.replace(text.find(from), from.size(), to);
}

plan::NetworkFacts facts_of(const std::string &document) {
    return domain::network_facts(document, "network n").value();
}

std::string with_mtu(const std::string &document, std::optional<unsigned> mtu) {
    return domain::network_with_mtu(document, "network n", mtu).value();
}

}  // namespace

TEST_CASE("a network says its name, bridge, way out and MTU") {
    auto facts = facts_of(nat);
    CHECK(facts.name == "default");
    CHECK(facts.uuid == "aa94a3a3-1a45-4a3a-8a3b-0f2a7a6b4c01");
    CHECK(facts.bridge == "virbr0");
    CHECK(facts.forward == "nat");
    CHECK_FALSE(facts.mtu.has_value());
    CHECK(facts.owns_bridge());
    facts = facts_of(replaced(nat, "  <mac ", "  <mtu size=\"9000\"/>\n  <mac "));
    CHECK(facts.mtu == 9000u);
}

TEST_CASE("a network is isolated without <forward>, and NATs with a bare one") {
    CHECK(facts_of("<network><name>a</name><bridge name='virbr1'/></network>").forward.empty());
    CHECK(facts_of("<network><name>a</name><forward/><bridge name='virbr1'/></network>").forward == "nat");
    CHECK(facts_of("<network><name>a</name><bridge name='virbr1'/></network>").owns_bridge());
}

TEST_CASE("a network without a bridge says which devices it hands out") {
    const auto devices = [](const std::string &forward) {
        return facts_of("<network><name>a</name>" + forward + "</network>").devices;
    };
    using Devices = std::vector<std::string>;
    CHECK(devices("<forward dev='e1' mode='bridge'><interface dev='e1'/><interface dev='e2'/></forward>") ==
          Devices{"e1", "e2"});
    CHECK(devices("<forward mode='hostdev'><pf dev='e3'/></forward>") == Devices{"e3"});
    CHECK(devices("<forward mode='nat'><interface dev='e1'/></forward><bridge name='virbr1'/>").empty());
}

TEST_CASE("a bridge of somebody else's and no bridge at all are not libvirt's own") {
    CHECK_FALSE(
        facts_of("<network><name>a</name><forward mode='bridge'/><bridge name='br0'/></network>").owns_bridge());
    CHECK_FALSE(facts_of("<network><name>a</name><forward mode='passthrough' dev='eth0'/></network>").owns_bridge());
}

TEST_CASE("an MTU is put behind the bridge, on a line like its neighbours'") {
    CHECK(with_mtu(nat, 9000) == replaced(nat, "delay='0'/>\n", "delay='0'/>\n  <mtu size='9000'/>\n"));
}

TEST_CASE("an MTU that is taken away again leaves every byte as it was") {
    const std::string one_line = "<network><name>a</name><bridge name='virbr1'/><ip address='10.0.0.1'/></network>";
    const std::string crlf = "<network>\r\n\t<name>a</name>\r\n\t<!-- mine -->\r\n</network>\r\n";
    const std::string no_bridge = "<?xml version='1.0'?>\n<network>\n <name>a</name> <uuid/>\n</network>";
    for (const std::string &document : {nat, one_line, crlf, no_bridge}) {
        CAPTURE(document);
        const auto wide = with_mtu(document, 9000);
        CHECK(wide != document);
        CHECK(facts_of(wide).mtu == 9000u);
        CHECK(with_mtu(wide, std::nullopt) == document);
        CHECK(with_mtu(document, std::nullopt) == document);
    }
}

TEST_CASE("an MTU that is there changes in place, quotes and all else untouched") {
    const std::string own = replaced(nat, "  <mac ", "  <mtu  size = \"1400\" />\n  <mac ");
    CHECK(with_mtu(own, 9000) == replaced(own, "1400", "9000"));
    CHECK(with_mtu(own, 1400) == own);
}

TEST_CASE("what is no network, or no number, is refused with its place") {
    const auto domain = domain::network_facts("<domain/>", "network n");
    REQUIRE_FALSE(domain.has_value());
    CHECK(domain.error() == Error{ErrorKind::invalid, "network n:1:1: the root element must be <network>"});
    CHECK(domain::network_with_mtu("<network>", "network n", 9000).error().kind == ErrorKind::invalid);
    const auto word = domain::network_facts("<network><name>a</name><mtu size='big'/></network>", "network n");
    REQUIRE_FALSE(word.has_value());
    CHECK(word.error().what == "network n:1:35: this MTU is no number");
}

}  // namespace network_xml_test
