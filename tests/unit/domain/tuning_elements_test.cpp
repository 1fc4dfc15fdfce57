// <cpu>, <numatune>, <memoryBacking>, I/O threads' pins, disks and a NIC's rings and MTU.
#include <doctest/doctest.h>

#include "daemon/domain/elements.hpp"
#include "tests/unit/domain/edits.hpp"

namespace tuning_elements_test {

using namespace kvmtune;
using namespace kvmtune::domain;
using samples::edited;
using samples::value;

namespace {

bool same(const std::string &element, const plan::Value &left, const plan::Value &right) {
    return plan::same_value({plan::TargetKind::element, "", element}, left, right);
}

const std::string guest = R"(<domain type='kvm'>
  <name>guest</name>
  <memory unit='GiB'>4</memory>
  <vcpu>8</vcpu>
  <iothreads>2</iothreads>
  <os>
    <type>hvm</type>
  </os>
  <devices>
    <disk type='block' device='disk'>
      <source dev='/dev/sdb'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <interface type='network'>
      <mac address='52:54:00:12:34:56'/>
      <source network='default'/>
      <model type='virtio'/>
      <boot order='1'/>
    </interface>
  </devices>
</domain>
)";

const std::vector<Edit> all = {{"interface/52:54:00:12:34:56/mtu", "9000"},
                               {"interface/52:54:00:12:34:56/driver/rx_queue_size", "1024"},
                               {"interface/52:54:00:12:34:56/driver/queues", "8"},
                               {"interface/52:54:00:12:34:56/driver/name", "vhost"},
                               {"disk/vda/driver/io", "native"},
                               {"disk/vda/driver/cache", "none"},
                               {"cputune/iothreadpin/2", "9"},
                               {"cputune/iothreadpin/1", "8"},
                               {"cputune/emulatorpin", "8-9"},
                               {"numatune/memory/nodeset", "0"},
                               {"numatune/memory/mode", "restrictive"},
                               {"memoryBacking/hugepages", "2048"},
                               {"cpu/feature/topoext", "require"},
                               {"cpu/cache", "passthrough"},
                               {"cpu/topology", "sockets=1 dies=1 cores=4 threads=2"},
                               {"cpu/migratable", "on"},
                               {"cpu/check", "none"},
                               {"cpu/mode", "host-passthrough"}};

std::vector<Edit> taking_back(const std::vector<Edit> &edits) {
    std::vector<Edit> back;
    for (const Edit &edit : edits) back.push_back({edit.element, {}});
    return back;
}

}  // namespace

TEST_CASE("all of it stands where and as libvirt would print it, and goes without a trace") {
    const std::string tuned = edited(guest, all);
    CHECK(tuned == R"(<domain type='kvm'>
  <name>guest</name>
  <memory unit='GiB'>4</memory>
  <memoryBacking>
    <hugepages>
      <page size='2048' unit='KiB'/>
    </hugepages>
  </memoryBacking>
  <vcpu>8</vcpu>
  <iothreads>2</iothreads>
  <cputune>
    <emulatorpin cpuset='8-9'/>
    <iothreadpin iothread='1' cpuset='8'/>
    <iothreadpin iothread='2' cpuset='9'/>
  </cputune>
  <numatune>
    <memory mode='restrictive' nodeset='0'/>
  </numatune>
  <os>
    <type>hvm</type>
  </os>
  <cpu mode='host-passthrough' check='none' migratable='on'>
    <topology sockets='1' dies='1' cores='4' threads='2'/>
    <cache mode='passthrough'/>
    <feature policy='require' name='topoext'/>
  </cpu>
  <devices>
    <disk type='block' device='disk'>
      <driver cache='none' io='native'/>
      <source dev='/dev/sdb'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <interface type='network'>
      <mac address='52:54:00:12:34:56'/>
      <source network='default'/>
      <model type='virtio'/>
      <driver name='vhost' queues='8' rx_queue_size='1024'/>
      <mtu size='9000'/>
      <boot order='1'/>
    </interface>
  </devices>
</domain>
)");
    for (const Edit &edit : all) CHECK(value(tuned, edit.element) == edit.value);
    CHECK(edited(tuned, all) == tuned);
    CHECK(edited(tuned, taking_back(all)) == guest);
}

TEST_CASE("it comes and goes one by one, in any order") {
    std::string there = guest;
    for (const Edit &edit : all) there = edited(there, {edit});
    for (const Edit &edit : all) CHECK(value(there, edit.element) == edit.value);
    std::string back = there;
    for (const Edit &edit : all) back = edited(back, {{edit.element, {}}});
    CHECK(back == guest);
    back = there;
    for (auto edit = all.rbegin(); edit != all.rend(); ++edit) back = edited(back, {{edit->element, {}}});
    CHECK(back == guest);
    CHECK(edited(there, taking_back(all)) == guest);
}

TEST_CASE("a <cpu> of the user keeps what we do not own") {
    const std::string open = "<domain>\n <cpu match='exact' mode=\"custom\">\n  <model>qemu64</model>\n";
    const std::string close = "  <feature name='vmx' policy='disable'/>\n  <numa/>\n </cpu>\n</domain>\n";
    const std::vector<Edit> edits = {{"cpu/mode", "host-passthrough"},
                                     {"cpu/check", "none"},
                                     {"cpu/topology", "sockets=1 dies=1 cores=2 threads=1"}};
    const std::string tuned = edited(open + close, edits);
    CHECK(tuned ==
          "<domain>\n <cpu match='exact' mode=\"host-passthrough\" check=\"none\">\n  <model>qemu64</model>\n"
          "  <topology sockets='1' dies='1' cores='2' threads='1'/>\n" +
              close);
    CHECK(value(open + close, "cpu/mode") == "custom match=exact model=qemu64");
    CHECK(value(tuned, "cpu/mode") == "host-passthrough");
    const plan::Value before = value(open + close, "cpu/mode");
    CHECK(edited(tuned, {{"cpu/mode", before}, {"cpu/check", {}}, {"cpu/topology", {}}}) == open + close);
}

TEST_CASE("a CPU model that libvirt forgot comes back with its mode") {
    const std::string bytes =
        "<domain>\n <cpu mode='custom' match='strict' check='none'>\n  <model fallback='forbid' vendor_id='a 5%b'>"
        "Nehalem</model>\n  <vendor>Intel</vendor>\n  <feature name='vmx' policy='disable'/>\n </cpu>\n</domain>\n";
    const plan::Value before = value(bytes, "cpu/mode");
    CHECK(before == "custom match=strict model=Nehalem fallback=forbid vendor_id=a%205%25b vendor=Intel");
    const std::string forgotten =
        "<domain>\n <cpu mode='host-passthrough' check='none'>\n  <feature name='vmx' policy='disable'/>\n </cpu>\n"
        "</domain>\n";
    const std::string back = edited(forgotten, {{"cpu/mode", before}});
    CHECK(value(back, "cpu/mode") == before);
    CHECK(back ==
          "<domain>\n <cpu mode='custom' check='none' match='strict'>\n  <model fallback='forbid' vendor_id='a 5%b'>"
          "Nehalem</model>\n  <vendor>Intel</vendor>\n  <feature name='vmx' policy='disable'/>\n </cpu>\n</domain>\n");
    const std::string unnamed = "<domain><cpu match='exact'><model>Westmere</model></cpu></domain>";
    CHECK(value(unnamed, "cpu/mode") == "match=exact model=Westmere");
    const std::string tuned = edited(unnamed, {{"cpu/mode", "host-passthrough"}});
    CHECK(edited(tuned, {{"cpu/mode", value(unnamed, "cpu/mode")}}) == unnamed);
    CHECK(value("<domain><cpu mode='host-model'><model fallback='forbid'/></cpu></domain>", "cpu/mode") ==
          "host-model fallback=forbid");
}

TEST_CASE("an empty <cpu> of the user stays, however it was written") {
    for (const std::string empty : {"<cpu/>", "<cpu />", "<cpu></cpu>", "<cpu>\n </cpu>", "<cpu mode='host-model'/>"}) {
        CAPTURE(empty);
        const std::string bytes = "<domain>\n " + empty + "\n</domain>\n";
        for (const bool topology_first : {false, true}) {
            std::vector<Edit> edits = {{"cpu/check", "none"}, {"cpu/topology", "sockets=1 dies=1 cores=2 threads=1"}};
            if (topology_first) std::swap(edits[0], edits[1]);
            const std::string tuned = edited(bytes, edits);
            CHECK(edited(tuned, taking_back(edits)) == bytes);
            std::string steps = bytes;
            for (const Edit &edit : edits) steps = edited(steps, {edit});
            CHECK(edited(steps, taking_back(edits)) == bytes);
            for (const Edit &edit : edits) steps = edited(steps, {{edit.element, {}}});
            CHECK(steps == bytes);
        }
    }
}

TEST_CASE("a topology that is there keeps its attributes in their places") {
    const std::string open = "<domain><cpu><topology threads='1' sockets='8'  ";
    const std::string bytes = open + "cores='1'/></cpu></domain>";
    CHECK(value(bytes, "cpu/topology") == "sockets=8 cores=1 threads=1");
    const std::string tuned = edited(bytes, {{"cpu/topology", "sockets=1 dies=1 cores=4 threads=2"}});
    CHECK(tuned == "<domain><cpu><topology threads='2' sockets='1'  cores='4'/></cpu></domain>");
    CHECK(edited(tuned, {{"cpu/topology", "sockets=8 cores=1 threads=1"}}) == bytes);
    const std::string dies = edited(bytes, {{"cpu/topology", "sockets=1 dies=2 cores=4 threads=1"}});
    CHECK(dies == "<domain><cpu><topology threads='1' sockets='1'  cores='4' dies='2'/></cpu></domain>");
    CHECK(edited(dies, {{"cpu/topology", "sockets=8 cores=1 threads=1"}}) == bytes);
    const std::string clusters = open + "cores='1' clusters='1'/></cpu></domain>";
    CHECK(value(clusters, "cpu/topology") == "sockets=8 clusters=1 cores=1 threads=1");
    CHECK(edited(clusters, {{"cpu/topology", "sockets=2 clusters=1 cores=4 threads=1"}}) ==
          "<domain><cpu><topology threads='1' sockets='2'  cores='4' clusters='1'/></cpu></domain>");
    CHECK(edited(bytes, {{"cpu/topology", "sockets=2 books=1"}}).starts_with("error: test.xml: no topology"));
    CHECK(edited(bytes, {{"cpu/topology", "sockets="}}).starts_with("error: test.xml: no topology"));
}

TEST_CASE("huge pages: of the default size, of one size in any unit, by guest node") {
    const auto in = [](const std::string &pages) {
        return "<domain>\n <memoryBacking>\n  <hugepages" + pages + "\n  <locked/>\n </memoryBacking>\n</domain>\n";
    };
    const std::string element = "memoryBacking/hugepages";
    CHECK(value("<domain><memoryBacking><locked/></memoryBacking></domain>", element) == plan::Value());
    CHECK(value(in("/>"), element) == "default");
    CHECK(value(in("><page size='2' unit='MiB'/></hugepages>"), element) == "2048");
    CHECK(value(in("><page size='1' unit='G' nodeset='0-1'/><page size='2048'/></hugepages>"), element) ==
          "1048576@0-1 2048");

    const std::string sized = edited(in("/>"), {{element, "2048"}});
    CHECK(sized == in(">\n   <page size='2048' unit='KiB'/>\n  </hugepages >"));
    CHECK(edited(sized, {{element, "default"}}) == in("/>"));
    CHECK(edited(in("><page unit='M' size='2'/></hugepages>"), {{element, "1048576"}}) ==
          in("><page unit='M' size='1024'/></hugepages>"));
    const std::string smaller = edited(in("><page size='1' unit='GiB'/></hugepages>"), {{element, "2048"}});
    CHECK(smaller == in("><page size='2048' unit='KiB'/></hugepages>"));
    CHECK(value(smaller, element) == "2048");
    CHECK(edited(in("/>"), {{element, {}}}) ==
          "<domain>\n <memoryBacking>\n  <locked/>\n </memoryBacking>\n</domain>\n");
    CHECK(edited(in("><page size='1' unit='G' nodeset='0'/></hugepages>"), {{element, "2048"}})
              .ends_with("huge pages by guest node are not changed"));
    CHECK(edited("<domain/>", {{element, "many"}}).starts_with("error: test.xml: huge pages must be"));
    CHECK(edited("<domain><name/></domain>", {{element, "default"}}) ==
          "<domain><name/><memoryBacking><hugepages/></memoryBacking></domain>");
}

TEST_CASE("the memory of <domain> is not that of <numatune>") {
    const std::string bytes =
        "<domain>\n <memory unit='GiB'>1</memory>\n <numatune>\n  <memnode cellid='0' mode='strict' nodeset='1'/>\n "
        "</numatune>\n</domain>\n";
    CHECK(value(bytes, "numatune/memory/mode") == plan::Value());
    const std::vector<Edit> edits = {{"numatune/memory/mode", "restrictive"}, {"numatune/memory/nodeset", "0-1"}};
    const std::string tuned = edited(bytes, edits);
    CHECK(tuned ==
          "<domain>\n <memory unit='GiB'>1</memory>\n <numatune>\n  <memory mode='restrictive' nodeset='0-1'/>\n  "
          "<memnode cellid='0' mode='strict' nodeset='1'/>\n </numatune>\n</domain>\n");
    CHECK(edited(tuned, taking_back(edits)) == bytes);
}

TEST_CASE("a feature without a policy is required, as in libvirt") {
    const std::string bytes = "<domain><cpu><feature name='topoext'/></cpu></domain>";
    CHECK(value(bytes, "cpu/feature/topoext") == "require");
    CHECK(edited(bytes, {{"cpu/feature/topoext", "disable"}}) ==
          "<domain><cpu><feature name='topoext' policy='disable'/></cpu></domain>");
}

TEST_CASE("disks are told by their name in the guest") {
    const std::string disk = "<disk><driver name='qemu' cache='writeback'/><target dev='vda'/></disk>";
    CHECK(value("<domain><devices>" + disk + "</devices></domain>", "disk/vda/driver/cache") == "writeback");
    CHECK(edited("<domain><devices>\n" + disk + "\n" + disk + "</devices></domain>",
                 {{"disk/vda/driver/io", "native"}}) == "error: test.xml:3:1: a second disk vda");
    CHECK(edited("<domain/>", {{"disk/vda/driver/io", "native"}}) == "error: test.xml: there is no disk vda");
    CHECK(!is_element("disk/../driver/io"));
    CHECK(!is_element("disk//driver/io"));
    CHECK(!is_element("disk/vda/driver/name"));
    CHECK(!is_element("cpu/feature/vmx"));
    CHECK(!is_element("cpu/match"));
    CHECK(!is_element("interface/52:54:0:12:34:56/mtu"));
}

TEST_CASE("NICs are told by their MAC address, however it is written") {
    const std::string bytes =
        "<domain><devices><interface><mac address='52:54:0:AB:12:34'/><mtu "
        "size='9000'/></interface></devices></domain>";
    CHECK(value(bytes, "interface/52:54:00:ab:12:34/mtu") == "9000");
}

TEST_CASE("what libvirt makes of a value is the same value") {
    CHECK(same("cpu/topology", "sockets=1 cores=8 threads=1", "sockets=1 dies=1 clusters=1 cores=8 threads=1"));
    CHECK(!same("cpu/topology", "sockets=1 cores=8 threads=1", "sockets=1 dies=2 cores=8 threads=1"));
    CHECK(!same("cpu/topology", "sockets=1 cores=8 threads=1", {}));
    CHECK(same("numatune/memory/nodeset", "0,1", "0-1"));
    CHECK(!same("numatune/memory/nodeset", "0", "0-1"));
    CHECK(same("cputune/iothreadpin/1", "3,4,5", "3-5"));
    CHECK(same("interface/52:54:00:12:34:56/mtu", "09000", "9000"));
    CHECK(same("interface/52:54:00:12:34:56/mtu", "0", {}));
    CHECK(same("interface/52:54:00:12:34:56/driver/rx_queue_size", "0", {}));
    CHECK(!same("interface/52:54:00:12:34:56/driver/rx_queue_size", "256", {}));
    CHECK(same("disk/vda/driver/cache", "default", {}));
    CHECK(!same("disk/vda/driver/cache", "none", {}));
    CHECK(!same("cpu/mode", "host-passthrough", {}));
}

}  // namespace tuning_elements_test
