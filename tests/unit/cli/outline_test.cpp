#include "daemon/cli/outline.hpp"

#include <doctest/doctest.h>

#include "daemon/cli/facts_json.hpp"

namespace outline_test {

using namespace kvmtune;
using cli::outline_of;

namespace {

Json json(const char *text) {
    return *parse_json(text);
}

}  // namespace

TEST_CASE("plain members are a line each, plain lists one line") {
    CHECK(outline_of(json(R"({"name": "web01", "running": true, "vcpus": 4, "none": null, "tags": ["a", "b"]})")) ==
          "name: web01\nrunning: yes\nvcpus: 4\nnone: -\ntags: a, b\n");
}

TEST_CASE("members of members are indented, items begin with a dash") {
    CHECK(outline_of(json(R"({"host": {"kernel": "6.1", "links": [{"name": "a", "mtu": 1500}, {"name": "b"}]}})")) ==
          "host:\n  kernel: 6.1\n  links:\n    - name a, mtu 1500\n    - name b\n");
    CHECK(outline_of(json(R"({"domains": [{"name": "x", "nics": [{"mac": "m"}]}]})")) ==
          "domains:\n  - name: x\n    nics:\n      - mac m\n");
}

TEST_CASE("facts name what is known and leave out what is not") {
    plan::DomainFacts domain;
    domain.name = "web01";
    domain.vcpus = 2;
    domain.vcpupins = {{0, CpuSet{2, 3}}};
    plan::NicFacts nic;
    nic.mac = "52:54:00:00:00:01";
    nic.queues = 4;
    domain.nics = {nic};
    const auto facts = cli::json_of(domain);
    CHECK(*facts.find("name")->text() == "web01");
    CHECK(*facts.find("vcpupins")->find("0")->text() == "2-3");
    CHECK(*facts.find("nics")->array()->front().find("queues")->integer() == 4);
    CHECK(facts.find("title") == nullptr);
    CHECK(facts.find("emulatorpin") == nullptr);
    CHECK(facts.find("nics")->array()->front().find("mtu") == nullptr);
}

TEST_CASE("a host's pools, links and networks are in its facts") {
    plan::HostFacts host;
    host.pools = {{0, 2048, 512, 500, 0}};
    plan::Link link;
    link.name = "vnet0";
    link.mtu = 9000;
    host.links = {link};
    plan::NetworkFacts network;
    network.name = "default";
    network.mtu = 1500;
    host.networks = {network};
    host.disks = {{"/images/a.raw", {true, false, "has holes"}}};
    const auto facts = cli::json_of(host);
    CHECK(*facts.find("pools")->array()->front().find("free")->integer() == 500);
    CHECK(*facts.find("links")->array()->front().find("mtu")->integer() == 9000);
    CHECK(*facts.find("networks")->array()->front().find("mtu")->integer() == 1500);
    CHECK(*facts.find("disks")->find("/images/a.raw")->find("why_not")->text() == "has holes");
}

}  // namespace outline_test
