#include "daemon/answers/facts_json.hpp"

#include <doctest/doctest.h>

namespace facts_json_test {

using namespace kvmtune;

TEST_CASE("facts name what is known and leave out what is not") {
    plan::DomainFacts domain;
    domain.name = "web01";
    domain.vcpus = 2;
    domain.vcpupins = {{0, CpuSet{2, 3}}};
    plan::NicFacts nic;
    nic.mac = "52:54:00:00:00:01";
    nic.queues = 4;
    domain.nics = {nic};
    const auto facts = answers::json_of(domain);
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
    host.pools[0].limit = plan::PoolLimit{600, 700};
    host.node_memory = {{0, 4096, 1024, {{2048, 3}}}};
    host.transparent_pages = "never";
    plan::Link link;
    link.name = "vnet0";
    link.mtu = 9000;
    link.interrupt_cpus = {5, 6};
    host.links = {link};
    host.offline_cpus = {9};
    host.isolated_cpus = {4, 5};
    host.partitions = {{"dpdk.slice", {6}}};
    plan::NetworkFacts network;
    network.name = "default";
    network.mtu = 1500;
    host.networks = {network};
    host.disks = {{"/images/a.raw", {true, false, "has holes"}}};
    const auto facts = answers::json_of(host);
    CHECK(*facts.find("pools")->array()->front().find("free")->integer() == 500);
    CHECK(*facts.find("pools")->array()->front().find("granted")->integer() == 600);
    CHECK(*facts.find("node_memory")->array()->front().find("free_blocks")->find("2048")->integer() == 3);
    CHECK(*facts.find("transparent_pages")->text() == "never");
    CHECK(*facts.find("links")->array()->front().find("mtu")->integer() == 9000);
    CHECK(*facts.find("links")->array()->front().find("interrupt_cpus")->text() == "5-6");
    CHECK(*facts.find("offline_cpus")->text() == "9");
    CHECK(*facts.find("isolated_cpus")->text() == "4-5");
    CHECK(facts.find("tickless_cpus") == nullptr);
    CHECK(*facts.find("partitions")->array()->front().find("cgroup")->text() == "dpdk.slice");
    CHECK(*facts.find("networks")->array()->front().find("mtu")->integer() == 1500);
    CHECK(*facts.find("disks")->find("/images/a.raw")->find("why_not")->text() == "has holes");
}

}  // namespace facts_json_test
