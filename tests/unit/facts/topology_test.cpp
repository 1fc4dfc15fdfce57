#include "daemon/facts/topology.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/fakes/temporary_tree.hpp"

namespace topology_test {

using namespace kvmtune;
using namespace kvmtune::facts;
using kvmtune::fakes::TemporaryTree;

namespace {

constexpr std::uint64_t gib = 1u << 30;

plan::Topology machine(const std::string &description) {
    auto topology = topology_from(description);
    REQUIRE_MESSAGE(topology, (topology ? "" : topology.error().what));
    return *std::move(topology);
}

std::string error(const std::string &description) {
    const auto topology = topology_from(description);
    return topology ? "none" : topology.error().what;
}

// Four CPUs, of which 3 is offline: two cores of two, one node of 4 GiB.
const std::string four_cpus_one_offline = R"(<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE topology SYSTEM "hwloc2.dtd">
<topology version="2.0">
  <object type="Machine" os_index="0" cpuset="0x00000007" complete_cpuset="0x0000000f" allowed_cpuset="0x00000007"
          nodeset="0x00000001" complete_nodeset="0x00000001" allowed_nodeset="0x00000001" gp_index="1">
    <object type="NUMANode" os_index="0" cpuset="0x00000007" complete_cpuset="0x0000000f" nodeset="0x00000001"
            complete_nodeset="0x00000001" gp_index="2" local_memory="4294967296"/>
    <object type="Core" os_index="0" cpuset="0x00000005" complete_cpuset="0x00000005" nodeset="0x00000001"
            complete_nodeset="0x00000001" gp_index="3">
      <object type="PU" os_index="0" cpuset="0x00000001" complete_cpuset="0x00000001" nodeset="0x00000001"
              complete_nodeset="0x00000001" gp_index="4"/>
      <object type="PU" os_index="2" cpuset="0x00000004" complete_cpuset="0x00000004" nodeset="0x00000001"
              complete_nodeset="0x00000001" gp_index="5"/>
    </object>
    <object type="Core" os_index="1" cpuset="0x00000002" complete_cpuset="0x0000000a" nodeset="0x00000001"
            complete_nodeset="0x00000001" gp_index="6">
      <object type="PU" os_index="1" cpuset="0x00000002" complete_cpuset="0x00000002" nodeset="0x00000001"
              complete_nodeset="0x00000001" gp_index="7"/>
    </object>
  </object>
</topology>
)";

std::string attribute(const std::string &name, const std::string &value) {
    return " " + name + "=\"" + value + "\"";
}

/// An object in hwloc's XML: its type and more, its CPUs and nodes (one mask), and what is in it.
std::string object(const std::string &type, const std::string &more, const std::string &mask,
                   const std::string &inside = "") {
    std::string text = "<object" + attribute("type", type) + more;
    for (const char *name : {"cpuset", "complete_cpuset", "nodeset", "complete_nodeset"}) text += attribute(name, mask);
    return text + ">\n" + inside + "</object>\n";
}

/// Two nodes of one CPU, each below a cache of its own, at distances that are not the same both ways.
std::string two_nodes_below_caches() {
    const auto half = [](const std::string &number, const std::string &mask) {
        const std::string index = attribute("os_index", number);
        const std::string node = object("NUMANode", index + attribute("local_memory", "1073741824"), mask);
        const std::string core = object("Core", index, mask, object("PU", index, mask));
        return object("L3Cache", attribute("cache_size", "1024") + attribute("depth", "3"), mask, node + core);
    };
    const std::string all =
        attribute("os_index", "0") + attribute("allowed_cpuset", "0x3") + attribute("allowed_nodeset", "0x3");
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE topology SYSTEM \"hwloc2.dtd\">\n"
           "<topology version=\"2.0\">\n" +
           object("Machine", all, "0x3", half("0", "0x1") + half("1", "0x2")) +
           "<distances2 type=\"NUMANode\" nbobjs=\"2\" kind=\"5\" name=\"NUMALatency\" indexing=\"os\">\n"
           "<indexes length=\"4\">0 1 </indexes>\n<u64values length=\"12\">10 21 12 10 </u64values>\n</distances2>\n"
           "</topology>\n";
}

}  // namespace

TEST_CASE("the recipe's host: two sockets of 18 cores, siblings 36 apart, 96 GB a node") {
    const auto host = machine("package:2 [numa(memory=96GB)] core:18 pu:2(indexes=2*36:1*2)");
    CHECK(host.cpus.size() == 72);
    CHECK(host.all().text() == "0-71");
    CHECK(host.siblings(0) == CpuSet{0, 36});
    CHECK(host.siblings(53) == CpuSet{17, 53});
    REQUIRE(host.nodes.size() == 2);
    CHECK(host.nodes[0].index == 0);
    CHECK(host.nodes[0].cpus.text() == "0-17,36-53");
    CHECK(host.nodes[1].cpus.text() == "18-35,54-71");
    CHECK(host.nodes[0].memory == 96'000'000'000u);
    CHECK(host.nodes[1].memory == 96'000'000'000u);
    CHECK(host.node_of(17) == 0u);
    CHECK(host.node_of(18) == 1u);
    CHECK(std::is_sorted(host.cpus.begin(), host.cpus.end(),
                         [](const auto &left, const auto &right) { return left.index < right.index; }));
}

TEST_CASE("two nodes with SMT, numbered core by core") {
    const auto host = machine("numa:2 core:2 pu:2");
    const plan::Topology expected{{{0, 0, 0, 0, 0},
                                   {1, 0, 0, 0, 0},
                                   {2, 1, 0, 0, 0},
                                   {3, 1, 0, 0, 0},
                                   {4, 2, 1, 0, 1},
                                   {5, 2, 1, 0, 1},
                                   {6, 3, 1, 0, 1},
                                   {7, 3, 1, 0, 1}},
                                  {{0, gib, {0, 1, 2, 3}}, {1, gib, {4, 5, 6, 7}}}};
    CHECK(host == expected);
}

TEST_CASE("packages and last-level caches are numbered through the host") {
    const auto host = machine("package:2 numa:1 l3:2 core:2 pu:1");
    REQUIRE(host.cpus.size() == 8);
    CHECK(host.cpus[3].package == 0);
    CHECK(host.cpus[4].package == 1);
    CHECK(host.cpus[1].cache == 0);
    CHECK(host.cpus[2].cache == 1);
    CHECK(host.cpus[7].cache == 3);
}

TEST_CASE("this machine says how far its nodes are from each other, and what cores it has") {
    const auto host = this_machines_topology();
    REQUIRE(host);
    for (const plan::Node &node : host->nodes) CHECK(node.distances.count(node.index) == 0);
    for (const plan::Cpu &cpu : host->cpus) CHECK(cpu.kind < 8);
}

TEST_CASE("a machine without NUMA is node 0") {
    const auto host = machine("core:4 pu:1");
    REQUIRE(host.nodes.size() == 1);
    CHECK(host.nodes[0] == plan::Node{0, gib, {0, 1, 2, 3}});
    CHECK(host.cpus[3] == plan::Cpu{3, 3, 0});
}

TEST_CASE("without cores each CPU is one") {
    const auto host = machine("pu:3");
    CHECK(host.siblings(1) == CpuSet{1});
    CHECK(host.cpus.size() == 3);
}

TEST_CASE("CPUs near two nodes belong to the first, and the other has none") {
    const auto host = machine("package:1 [numa(memory=16GiB)] [numa(memory=4GiB)] core:2 pu:1");
    REQUIRE(host.nodes.size() == 2);
    CHECK(host.nodes[0] == plan::Node{0, 16 * gib, {0, 1}});
    CHECK(host.nodes[1] == plan::Node{1, 4 * gib, {}});
}

TEST_CASE("hwloc's XML, given as text or in a file; CPUs that are offline are not there") {
    const plan::Topology expected{{{0, 0, 0}, {1, 1, 0}, {2, 0, 0}}, {{0, 4 * gib, {0, 1, 2}}}};
    CHECK(machine(four_cpus_one_offline) == expected);
    CHECK(machine(two_nodes_below_caches()) ==
          plan::Topology{{{0, 0, 0, 0, 0}, {1, 1, 1, 0, 1}}, {{0, gib, {0}, {{1, 21}}}, {1, gib, {1}, {{0, 12}}}}});
    const TemporaryTree tree;
    tree.add("host.xml", four_cpus_one_offline);
    CHECK(machine(tree.root().full("host.xml")) == expected);
}

TEST_CASE("a node keeps its CPUs wherever in the machine it hangs") {
    for (const std::string above : {"package:2 [numa]", "die:2 [numa]", "l3:2 [numa]", "package:2 l3:1 [numa]"}) {
        CAPTURE(above);
        const auto host = machine(above + " core:2 pu:1");
        REQUIRE(host.nodes.size() == 2);
        CHECK(host.nodes[0].cpus == CpuSet{0, 1});
        CHECK(host.nodes[1].cpus == CpuSet{2, 3});
    }
}

TEST_CASE("a synthetic description may be in a file") {
    const TemporaryTree tree;
    tree.add("host", "numa:1 core:1 pu:2\n");
    CHECK(machine(tree.root().full("host")).all() == CpuSet{0, 1});
}

TEST_CASE("what describes no machine is refused in words") {
    const std::string neither = "it is no synthetic description of hwloc's and no file has this name";
    CHECK(error("no/such/file.xml") == "topology \"no/such/file.xml\": " + neither);
    CHECK(error("") == "topology \"\": " + neither);
    CHECK(error("core:2 pu:0") == "topology \"core:2 pu:0\": " + neither);
    CHECK(error("<topology") == "topology: it is not hwloc's XML");
    CHECK(error("<domain type='kvm'/>") == "topology: it is not hwloc's XML");
}

TEST_CASE("a machine of more CPUs than the kernel has numbers for is refused before it is built") {
    CHECK(error("package:1000 core:1000 pu:1000") ==
          "topology \"package:1000 core:1000 pu:1000\": it has more than 8192 CPUs");
    CHECK(error("99999999999999999999999").ends_with("it has more than 8192 CPUs"));
    CHECK(error("package:2 [numa(memory=1)] core:5000 pu:1").ends_with("it has more than 8192 CPUs"));
    CHECK(error("package:2 [numa'memory=1)] core:5000 pu:1").ends_with("it has more than 8192 CPUs"));
    CHECK(error("numa:2(memory=9999999) core:2 pu:2") == "none");
    CHECK(error("pu:1(indexes=8192)") != "none");
}

TEST_CASE("this machine's CPUs are those online that we may use") {
    const auto here = this_machines_topology();
    REQUIRE(here);
    const Root root = Root::open("/").value();
    const CpuSet online = CpuSet::parse(root.read("sys/devices/system/cpu/online").value()).value();
    const std::string status = root.read("proc/self/status").value();
    const std::string field = "Cpus_allowed_list:\t";
    const std::size_t start = status.find(field) + field.size();
    const CpuSet allowed = CpuSet::parse(status.substr(start, status.find('\n', start) - start)).value();
    CHECK_FALSE(here->all().empty());
    CHECK(online.contains(here->all()));
    CHECK(here->all().contains(allowed & online));
    std::uint64_t memory = 0;
    for (const auto &node : here->nodes) memory += node.memory;
    CHECK(memory > 64u << 20);
    for (const auto &cpu : here->cpus) CHECK(here->siblings(cpu.index).contains(cpu.index));
}

}  // namespace topology_test
