#include "daemon/domain/facts.hpp"

#include <doctest/doctest.h>

#include "tests/unit/domain/samples.hpp"

namespace facts_test {

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
    CHECK(!read.memory_mode);
    CHECK(!read.backing.hugepages);
    CHECK(!read.agent_channel);
    CHECK(read.arch == "x86_64");
    CHECK(read.os_type == "hvm");
    CHECK(read.memory_at_start == read.memory);
    CHECK(!read.cpu);
    CHECK(read.iothreads.empty());
    CHECK(read.protection.empty());
    REQUIRE(read.nics.size() == 1);
    CHECK(read.nics[0].mac == "52:54:00:12:34:56");
    CHECK(read.nics[0].type == "network");
    CHECK(read.nics[0].model == "virtio");
    CHECK(read.nics[0].network == "default");
    CHECK(!read.nics[0].driver);
    CHECK(!read.nics[0].queues);
    REQUIRE(read.disks.size() == 1);
    const auto &disk = read.disks[0];
    CHECK(disk.target == "vda");
    CHECK(disk.bus == "virtio");
    CHECK(disk.type == "block");
    CHECK(disk.device == "disk");
    CHECK(disk.source == "/dev/nvme1n1");
    CHECK(disk.format == "raw");
    CHECK(disk.cache == "none");
    CHECK(disk.io == "native");
    CHECK(!disk.iothread);
    CHECK(!disk.has_backing);
}

TEST_CASE("facts of a q35 domain as libvirt prints it") {
    const auto read = facts(samples::q35_dump());
    CHECK(read.title == "web-01");
    CHECK(read.vcpu_cpuset == CpuSet{0, 1, 2, 4, 5, 6, 7});
    CHECK(read.iothreadpins.at(1) == CpuSet{5});
    CHECK(read.memory_nodes == CpuSet{1});
    CHECK(read.memory_mode == "restrictive");
    CHECK(read.backing.hugepages);
    REQUIRE(read.nics.size() == 2);
    CHECK(read.nics[0].mac == "52:54:00:aa:bb:01");
    CHECK(read.nics[0].driver == "vhost");
    CHECK(read.nics[0].queues == 4);
    CHECK(read.nics[0].mtu == 9000);
    CHECK(read.nics[1].mac == "52:54:00:aa:bb:02");
    CHECK(read.nics[1].type == "bridge");
    CHECK(read.nics[1].model == "e1000e");
}

TEST_CASE("facts of an i440fx domain with pins and automatic placement") {
    const auto read = facts(samples::pc_dump());
    CHECK(read.type == "qemu");
    CHECK(read.automatic_placement);
    CHECK(read.memory_mode == "strict");
    CHECK(read.vcpupins == std::map<unsigned, CpuSet>{{1, CpuSet{2, 3}}});
    CHECK(read.emulatorpin == CpuSet{0, 1, 2, 3});
    CHECK(read.nics.at(0).driver == "qemu");
}

TEST_CASE("libvirt's defaults fill what is not named") {
    const auto read = facts("<domain><numatune><memory nodeset='0'/></numatune></domain>");
    CHECK(read.vcpus == 1);
    CHECK(read.memory == 0);
    CHECK(read.memory_mode == "strict");
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
    CHECK(refusal("<domain><vcpu cpuset='0-'>1</vcpu></domain>") ==
          "test.xml:1:23: cpuset is no list of numbers below 8192 like 0-3,8");
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

TEST_CASE("vCPUs at start, individual ones, and a list of those that may be used") {
    const auto read = facts("<domain><vcpu current='2'>8</vcpu><vcpus><vcpu id='0' enabled='yes'/></vcpus></domain>");
    CHECK(read.vcpus == 8);
    CHECK(read.vcpus_at_start == 2u);
    CHECK(read.individual_vcpus);
    const auto plain = facts("<domain><vcpu>8</vcpu></domain>");
    CHECK(!plain.vcpus_at_start);
    CHECK(!plain.individual_vcpus);
    CHECK(refusal("<domain><vcpu current='9'>8</vcpu></domain>") == "test.xml:1:24: current is above 8");
    CHECK(refusal("<domain><vcpu current='0'>8</vcpu></domain>") == "test.xml:1:24: a guest needs a vCPU");
}

TEST_CASE("memory is that of cells and memory devices where there are cells, as libvirt defines it") {
    constexpr const char *cells =
        "<domain><memory unit='GiB'>1</memory>%<cpu><numa><cell id='1' memory='2' unit='GiB'/><cell id='0' cpus='0' "
        "memory='1048576'/></numa></cpu><devices><memory model='dimm'><target><size unit='MiB'>512</size></target>"
        "</memory></devices></domain>";
    const auto with = [&](const std::string &more) {
        std::string text = cells;
        return text.replace(text.find('%'), 1, more);
    };
    const auto read = facts(with("<maxMemory slots='4' unit='GiB'>16</maxMemory>"));
    CHECK(read.memory == (std::uint64_t{3} << 30) + (512u << 20));
    CHECK(read.memory_at_start == read.memory);
    CHECK(read.hotplug_memory);
    CHECK(facts(with("<currentMemory unit='GiB'>2</currentMemory>")).memory_at_start == std::uint64_t{2} << 30);
    CHECK(facts(with("<currentMemory>0</currentMemory>")).memory_at_start == read.memory);
    CHECK(facts(with("<currentMemory unit='TiB'>2</currentMemory>")).memory_at_start == read.memory);
    CHECK(!facts("<domain><memory>1024</memory></domain>").hotplug_memory);
    CHECK(facts("<domain><maxMemory unit='GiB'>4</maxMemory></domain>").hotplug_memory);
}

TEST_CASE("the guest's CPU: mode, topology, features, cells in any order with all vCPUs") {
    const auto read = facts(R"(<domain><vcpu>8</vcpu><cpu mode='custom' match='exact'>
  <model fallback='forbid'> Skylake-Client </model>
  <topology sockets='2' cores='2' threads='2'/>
  <cache mode='passthrough'/>
  <feature name='vmx' policy='disable'/>
  <feature name='pcid'/>
  <numa><cell id='2' memory='1' unit='GiB'/><cell id='0' cpus='0-1' memory='1' unit='GiB'/>
        <cell id='1' cpus='2-3' memory='2' unit='MiB'/></numa>
</cpu></domain>)");
    REQUIRE(read.cpu.has_value());
    CHECK(read.cpu->mode == "custom");
    CHECK(read.cpu->match == "exact");
    CHECK(read.cpu->model == "Skylake-Client");
    CHECK(read.cpu->topology == plan::CpuTopology{2, 1, 1, 2, 2});
    CHECK(read.cpu->features == std::map<std::string, std::string>{{"vmx", "disable"}, {"pcid", "require"}});
    CHECK(read.cpu->cache_mode == "passthrough");
    REQUIRE(read.cpu->cells.size() == 3);
    CHECK(read.cpu->cells[0] == plan::GuestCell{0, CpuSet{0, 1, 4, 5, 6, 7}, 1u << 30});
    CHECK(read.cpu->cells[1] == plan::GuestCell{1, CpuSet{2, 3}, 2u << 20});
    CHECK(read.cpu->cells[2] == plan::GuestCell{2, CpuSet{}, 1u << 30});
}

TEST_CASE("cells without ids are numbered by their place") {
    const auto read = facts(
        "<domain><vcpu>2</vcpu><cpu><numa><cell cpus='1' memory='1'/><cell cpus='0' memory='2'/></numa></cpu>"
        "</domain>");
    REQUIRE(read.cpu->cells.size() == 2);
    CHECK(read.cpu->cells[0] == plan::GuestCell{0, CpuSet{1}, 1024});
    CHECK(read.cpu->cells[1] == plan::GuestCell{1, CpuSet{0}, 2048});
    CHECK(!read.cpu->mode);
}

TEST_CASE("topologies and cells that libvirt refuses are errors at their place") {
    const auto in_cpu = [](const std::string &text) { return refusal("<domain><cpu>\n" + text + "</cpu></domain>"); };
    CHECK(in_cpu("<topology sockets='1' cores='0' threads='1'/>") == "test.xml:2:30: must be at least 1");
    CHECK(in_cpu("<topology sockets='1' cores='2'/>") == "test.xml:2:1: the attribute threads is missing");
    CHECK(in_cpu("<topology sockets='@S@' cores='2' threads='1'/>") == "test.xml:2:20: sockets is no number");
    CHECK(in_cpu("<topology sockets='65536' cores='65536' threads='1'/>") ==
          "test.xml:2:1: a topology of more CPUs than can be counted");
    CHECK(in_cpu("<numa><cell id='1' memory='1'/></numa>") ==
          "test.xml:2:17: ids of cells must go from 0 without gaps");
    CHECK(in_cpu("<numa><cell id='1' memory='1'/><cell memory='1'/></numa>") ==
          "test.xml:2:32: a second cell of this id");
    CHECK(in_cpu("<numa><cell cpus='0-1' memory='1'/><cell cpus='1' memory='1'/></numa>") ==
          "test.xml:2:36: a vCPU of two cells");
    CHECK(in_cpu("<numa><cell cpus='0-4000000000' memory='1'/></numa>") ==
          "test.xml:2:19: cpus is no list of numbers below 8192 like 0-3,8");
}

TEST_CASE("pins of several <cputune>, and the ids of I/O threads") {
    const auto read = facts(R"(<domain><vcpu>2</vcpu>
<iothreads>3</iothreads><iothreadids><iothread id='4'/><iothread id='1'/></iothreadids>
<cputune><vcpupin vcpu='0' cpuset='0'/></cputune>
<cputune><vcpupin vcpu='1' cpuset='1'/><iothreadpin iothread='4' cpuset='5'/></cputune></domain>)");
    CHECK(read.vcpupins == std::map<unsigned, CpuSet>{{0, CpuSet{0}}, {1, CpuSet{1}}});
    CHECK(read.iothreadpins == std::map<unsigned, CpuSet>{{4, CpuSet{5}}});
    CHECK(read.iothreads == std::set<unsigned>{1, 2, 4});
    CHECK(
        refusal("<domain><cputune><vcpupin vcpu='1' cpuset='0'/>\n<vcpupin vcpu='1' cpuset='0'/></cputune></domain>") ==
        "test.xml:2:1: this thread has a pin already");
    CHECK(refusal("<domain><cputune><emulatorpin cpuset='0'/>\n<emulatorpin cpuset='1'/></cputune></domain>") ==
          "test.xml:2:1: this thread has a pin already");
    CHECK(refusal("<domain><iothreads>4000000000</iothreads></domain>") ==
          "test.xml:1:9: this is no number of I/O threads");
}

TEST_CASE("numatune by cell, and memory backing") {
    const auto read = facts(R"(<domain>
<memoryBacking><hugepages><page size='1' unit='GiB' nodeset='0'/><page size='2' unit='M'/></hugepages>
<source type='memfd'/><allocation mode='immediate'/></memoryBacking>
<numatune><memory mode='interleave' nodeset='0-1'/><memnode cellid='0' mode='strict' nodeset='1'/></numatune>
</domain>)");
    CHECK(read.backing == plan::BackingFacts{true, 2048, true, "memfd", "immediate"});
    CHECK(read.memory_mode == "interleave");
    CHECK(read.memory_nodes == CpuSet{0, 1});
    CHECK(read.memory_by_cell);
    const auto bare = facts("<domain><memoryBacking><hugepages/></memoryBacking></domain>");
    CHECK(bare.backing == plan::BackingFacts{true, {}, false, "", ""});
    CHECK(!bare.memory_by_cell);
    CHECK(facts("<domain><memoryBacking><nosharepages/></memoryBacking></domain>").backing == plan::BackingFacts{});
    CHECK(refusal("<domain><memoryBacking><hugepages><page size='big'/></hugepages></memoryBacking></domain>") ==
          "test.xml:1:35: this is no amount of memory");
    CHECK(refusal("<domain><memoryBacking><hugepages><page size='0'/></hugepages></memoryBacking></domain>") ==
          "test.xml:1:35: pages of less than 1 KiB");
}

TEST_CASE("the nodes of cells are read, unless they are only preferred") {
    const auto read = facts(
        "<domain><numatune><memnode cellid='1' mode='strict' nodeset='1'/><memnode cellid='0' nodeset='0,2'/>"
        "<memnode cellid='2' mode='preferred' nodeset='1'/></numatune></domain>");
    CHECK(read.memory_by_cell);
    CHECK(read.cell_nodes == std::map<unsigned, CpuSet>{{0, CpuSet{0, 2}}, {1, CpuSet{1}}});
}

TEST_CASE("guests that are protected or have a CPU argument of their own") {
    CHECK(facts("<domain><launchSecurity type='sev-snp'/></domain>").protection == "sev-snp");
    const auto own = [](const std::string &argument) {
        return facts("<domain><q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><q:arg value='" +
                     argument + "'/></q:commandline></domain>")
            .own_cpu_argument;
    };
    CHECK(own("-cpu"));
    CHECK(own("--smp"));
    CHECK(own("-M"));
    CHECK(!own("-device"));
    CHECK(!own("cpu"));
    CHECK(!facts("<domain><commandline><arg value='-cpu'/></commandline></domain>").own_cpu_argument);
}

TEST_CASE("devices of the host that reach a guest's memory") {
    const auto has = [](const std::string &device) {
        return facts("<domain><memory>1024</memory><devices>" + device + "</devices></domain>").host_devices;
    };
    CHECK(has("<hostdev mode='subsystem' type='pci' managed='yes'/>"));
    CHECK(has("<hostdev mode='subsystem' type='mdev' model='vfio-pci'/>"));
    CHECK(has("<interface type='hostdev'><mac address='52:54:00:12:34:56'/></interface>"));
    CHECK(has("<disk type='nvme' device='disk'><target dev='vda' bus='virtio'/></disk>"));
    CHECK(has("<interface type='vhostuser'><mac address='52:54:00:12:34:56'/></interface>"));
    CHECK(has("<interface type='vdpa'><mac address='52:54:00:12:34:56'/></interface>"));
    CHECK_FALSE(has("<hostdev mode='subsystem' type='usb'/>"));
    CHECK_FALSE(has("<interface type='network'><mac address='52:54:00:12:34:56'/></interface>"));
}

TEST_CASE("NICs in detail") {
    const auto read = facts(R"(<domain><devices><interface type='bridge'><mac address='52:54:0:AB:c:1'/>
<source bridge='br0'/><target dev='tap7'/><model type='virtio-non-transitional'/>
<driver name='vhost' rx_queue_size='512'/><filterref filter='clean-traffic'/></interface>
<interface type='vdpa'><source dev='/dev/vhost-vdpa-0'/></interface></devices>
<devices><interface type='network'><source network='lan'/></interface></devices></domain>)");
    REQUIRE(read.nics.size() == 3);
    CHECK(read.nics[0].mac == "52:54:00:ab:0c:01");
    CHECK(read.nics[0].bridge == "br0");
    CHECK(read.nics[0].tap == "tap7");
    CHECK(read.nics[0].rx_queue_size == 512u);
    CHECK(read.nics[0].filtered);
    CHECK(read.nics[1].type == "vdpa");
    CHECK(read.nics[1].mac.empty());
    CHECK(!read.nics[1].filtered);
    CHECK(read.nics[2].network == "lan");
    CHECK(refusal("<domain><devices><interface><mac address='@MAC@'/></interface></devices></domain>") ==
          "test.xml:1:43: this is no MAC address");
}

TEST_CASE("disks with libvirt's defaults") {
    const auto read = facts(R"(<domain><devices>
<disk><source file='/a.qcow2'/><driver name='qemu' type='qcow2' cache='default' iothread='2'/><target dev='sda'/>
  <backingStore type='file'><format type='raw'/><source file='/b'/></backingStore></disk>
<disk type='network' device='lun'><source protocol='rbd' name='x'/><target dev='vdb'/><backingStore/></disk>
<disk type='volume' device='cdrom'><source pool='p' volume='v'/><target dev='hda'/></disk>
</devices></domain>)");
    REQUIRE(read.disks.size() == 3);
    CHECK(read.disks[0] == plan::DiskFacts{"sda", "scsi", "file", "disk", "/a.qcow2", "qcow2", {}, {}, 2, true});
    CHECK(read.disks[1] == plan::DiskFacts{"vdb", "virtio", "network", "lun", "", "", {}, {}, {}, false});
    CHECK(read.disks[2] == plan::DiskFacts{"hda", "ide", "volume", "cdrom", "", "", {}, {}, {}, false});
}

}  // namespace facts_test
