#include "daemon/domain/facts.hpp"

#include <doctest/doctest.h>

#include "tests/unit/domain/samples.hpp"

using namespace kvmtune;
using namespace kvmtune::domain;

namespace {

plan::DomainFacts facts(const std::string &bytes) {
    const auto read = facts_of(samples::parsed(bytes));
    REQUIRE_MESSAGE(read.has_value(), (read ? "" : read.error().what));
    return *read;
}

std::string refusal(const std::string &bytes) {
    const auto read = facts_of(samples::parsed(bytes));
    return read ? "accepted" : read.error().what;
}

}  // namespace

TEST_CASE("facts of the recipe's guest") {
    const auto read = facts(samples::recipe_guest());
    CHECK(read.uuid == "4dea22b3-1d52-d8f3-2516-782e98ab3fa0");
    CHECK(read.name == "guest");
    CHECK(read.type == "kvm");
    CHECK(read.machine == "pc-q35-rhel9.4.0");
    CHECK(read.vcpus == 8);
    CHECK(read.memory == std::uint64_t{8} << 30);
    CHECK(!read.vcpu_cpuset);
    CHECK(!read.automatic_placement);
    CHECK(read.vcpupins.empty());
    CHECK(!read.emulatorpin);
    CHECK(!read.memory_nodes);
    CHECK(!read.strict_memory);
    CHECK(!read.hugepages);
    CHECK(!read.agent_channel);
    REQUIRE(read.nics.size() == 1);
    CHECK(read.nics[0] == plan::NicFacts{"52:54:00:12:34:56", "network", "virtio", {}, {}, {}});
}

TEST_CASE("facts of a q35 domain as libvirt prints it") {
    const auto read = facts(samples::q35_dump());
    CHECK(read.title == "web-01");
    CHECK(read.vcpu_cpuset == CpuSet{0, 1, 2, 4, 5, 6, 7});
    CHECK(read.iothreadpins.at(1) == CpuSet{5});
    CHECK(read.memory_nodes == CpuSet{1});
    CHECK(!read.strict_memory);
    CHECK(read.hugepages);
    REQUIRE(read.nics.size() == 2);
    CHECK(read.nics[0] == plan::NicFacts{"52:54:00:aa:bb:01", "network", "virtio", "vhost", 4, 9000});
    CHECK(read.nics[1] == plan::NicFacts{"52:54:00:aa:bb:02", "bridge", "e1000e", {}, {}, {}});
}

TEST_CASE("facts of an i440fx domain with pins and automatic placement") {
    const auto read = facts(samples::pc_dump());
    CHECK(read.type == "qemu");
    CHECK(read.automatic_placement);
    CHECK(read.strict_memory);
    CHECK(read.vcpupins == std::map<unsigned, CpuSet>{{1, CpuSet{2, 3}}});
    CHECK(read.emulatorpin == CpuSet{0, 1, 2, 3});
    CHECK(read.nics.at(0).driver == "qemu");
}

TEST_CASE("libvirt's defaults fill what is not named") {
    const auto read = facts("<domain><numatune><memory nodeset='0'/></numatune></domain>");
    CHECK(read.vcpus == 1);
    CHECK(read.memory == 0);
    CHECK(read.strict_memory);
    CHECK(facts("<domain><memory>1024</memory></domain>").memory == 1 << 20);
    CHECK(facts("<domain><memory unit='b'>7</memory></domain>").memory == 7);
    CHECK(facts("<domain><memory unit='MB'>2</memory></domain>").memory == 2000000);
    CHECK(facts("<domain><memory unit='m'>\n 2 </memory></domain>").memory == 2 << 20);
    CHECK(facts("<domain><cpu><numa><cell memory='1' unit='GiB'/><cell memory='1' unit='MiB'/></numa></cpu></domain>")
              .memory == (1u << 30) + (1u << 20));
}

TEST_CASE("comments, CDATA and foreign elements are no facts") {
    const auto read = facts(
        "<domain><!-- <vcpu>9</vcpu> --><x:vcpu "
        "xmlns:x='urn:x'>7</x:vcpu><description><![CDATA[<vcpu>8</vcpu>]]></description>"
        "</domain>");
    CHECK(read.vcpus == 1);
}

TEST_CASE("policy tags come from our metadata") {
    CHECK(facts("<domain><metadata><p:policy xmlns:p='urn:kvmtune:policy:1' tag='gold  fast'/></metadata></domain>")
              .policy_tags == std::set<std::string>{"gold", "fast"});
    CHECK(facts("<domain><metadata><k:policy xmlns:k='urn:kvmtune:domain:1' tag='gold'/></metadata></domain>")
              .policy_tags == std::set<std::string>{"gold"});
    CHECK(facts("<domain><metadata><policy xmlns='urn:other' tag='gold'/></metadata></domain>").policy_tags.empty());
}

TEST_CASE("values that libvirt would refuse are errors at their place") {
    CHECK(refusal("<domain>\n <vcpu>many</vcpu></domain>") == "test.xml:2:2: this is no number of vCPUs");
    CHECK(refusal("<domain><vcpu>0</vcpu></domain>") == "test.xml:1:9: this is no number of vCPUs");
    CHECK(refusal("<domain><vcpu cpuset='0-'>1</vcpu></domain>") == "test.xml:1:23: cpuset is no list of numbers");
    CHECK(refusal("<domain>\n<cputune><vcpupin vcpu='x' cpuset='1'/></cputune></domain>") ==
          "test.xml:2:25: vcpu is no number");
    CHECK(refusal("<domain><cputune><vcpupin cpuset='1'/></cputune></domain>") ==
          "test.xml:1:18: the attribute vcpu is missing");
    CHECK(refusal("<domain><cputune><emulatorpin/></cputune></domain>") == "test.xml:1:18: a pin without a cpuset");
    CHECK(refusal("<domain><memory unit='parsec'>1</memory></domain>") ==
          "test.xml:1:9: this unit of memory is not known");
    CHECK(refusal("<domain><memory>-1</memory></domain>") == "test.xml:1:9: this is no amount of memory");
    CHECK(refusal("<domain><memory unit='EiB'>17</memory></domain>") ==
          "test.xml:1:9: more memory than can be counted");
    CHECK(refusal("<domain><devices><interface><driver queues='-1'/></interface></devices></domain>") ==
          "test.xml:1:45: queues is no number");
}
