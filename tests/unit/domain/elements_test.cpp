#include "daemon/domain/elements.hpp"

#include <doctest/doctest.h>

#include "tests/unit/domain/edits.hpp"

namespace elements_test {

using namespace kvmtune;
using namespace kvmtune::domain;
using samples::edited;
using samples::value;

namespace {

const std::string nic = "interface/52:54:00:12:34:56/driver/";
const std::string channel = "channel/org.kvmtune.agent.0";

Error error_of(const std::string &bytes, const std::vector<Edit> &edits) {
    const auto out = with(samples::parsed(bytes), edits);
    return out ? Error{ErrorKind::failed, "accepted"} : out.error();
}

const std::vector<Edit> everything = {{"cputune/vcpupin/0", "0"},
                                      {"cputune/vcpupin/2", "2"},
                                      {"cputune/vcpupin/10", "10"},
                                      {"cputune/vcpupin/31", "31"},
                                      {"cputune/emulatorpin", "8-9"},
                                      {nic + "name", "vhost"},
                                      {nic + "queues", "8"},
                                      {channel, "virtio"},
                                      {nic + "rx_queue_size", "1024"},
                                      {"interface/52:54:00:12:34:56/mtu", "9000"},
                                      {"cputune/iothreadpin/1", "6"},
                                      {"cputune/iothreadpin/3", "7"},
                                      {"numatune/memory/mode", "restrictive"},
                                      {"numatune/memory/nodeset", "0"},
                                      {"memoryBacking/hugepages", "1048576"},
                                      {"cpu/mode", "host-passthrough"},
                                      {"cpu/check", "none"},
                                      {"cpu/migratable", "on"},
                                      {"cpu/topology", "sockets=1 dies=2 cores=4 threads=2"},
                                      {"cpu/cache", "passthrough"},
                                      {"cpu/feature/topoext", "require"}};

}  // namespace

TEST_CASE("the recipe's guest gets the recipe's elements, as libvirt would print them") {
    CHECK(edited(samples::recipe_guest(), {{channel, "virtio"},
                                           {"cputune/emulatorpin", "8-9"},
                                           {"cputune/vcpupin/1", "1"},
                                           {"cputune/vcpupin/0", "0"},
                                           {nic + "queues", "8"},
                                           {nic + "name", "vhost"}}) == R"(<domain type='kvm'>
  <name>guest</name>
  <uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>
  <memory unit='KiB'>8388608</memory>
  <currentMemory unit='KiB'>8388608</currentMemory>
  <vcpu placement='static'>8</vcpu>
  <cputune>
    <vcpupin vcpu='0' cpuset='0'/>
    <vcpupin vcpu='1' cpuset='1'/>
    <emulatorpin cpuset='8-9'/>
  </cputune>
  <os>
    <type arch='x86_64' machine='pc-q35-rhel9.4.0'>hvm</type>
    <boot dev='hd'/>
  </os>
  <features>
    <acpi/>
    <apic/>
  </features>
  <clock offset='utc'/>
  <devices>
    <emulator>/usr/libexec/qemu-kvm</emulator>
    <disk type='block' device='disk'>
      <driver name='qemu' type='raw' cache='none' io='native'/>
      <source dev='/dev/nvme1n1'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <interface type='network'>
      <mac address='52:54:00:12:34:56'/>
      <source network='default'/>
      <model type='virtio'/>
      <driver name='vhost' queues='8'/>
    </interface>
    <console type='pty'/>
    <channel type='unix'>
      <target type='virtio' name='org.kvmtune.agent.0'/>
    </channel>
  </devices>
</domain>
)");
}

TEST_CASE("adding and then removing leaves the bytes as they were, one by one and all at once, in any order") {
    for (const auto &sample : samples::all()) {
        CAPTURE(sample.name);
        const Document document = samples::parsed(sample.bytes);
        std::vector<Edit> back;
        for (const Edit &edit : everything) {
            CAPTURE(edit.element);
            const auto before = value_of(document, edit.element);
            REQUIRE(before.has_value());
            const auto there = with(document, {edit});
            REQUIRE_MESSAGE(there.has_value(), (there ? "" : there.error().what));
            CHECK(*value_of(*there, edit.element) == edit.value);
            const auto again = with(*there, {edit});
            CHECK(again->bytes() == there->bytes());
            const auto undone = with(*there, {{edit.element, *before}});
            REQUIRE_MESSAGE(undone.has_value(), (undone ? "" : undone.error().what));
            CHECK(undone->bytes() == sample.bytes);
            back.push_back({edit.element, *before});
        }
        const auto all = with(document, everything);
        REQUIRE_MESSAGE(all.has_value(), (all ? "" : all.error().what));
        CHECK(with(*all, back)->bytes() == sample.bytes);

        for (const auto &order : {back, std::vector<Edit>(back.rbegin(), back.rend())}) {
            Document current = *all;
            for (const Edit &edit : order) current = *with(current, {edit});
            CHECK(current.bytes() == sample.bytes);
        }
        Document grown = document;
        for (const Edit &edit : everything) grown = *with(grown, {edit});
        CHECK(with(grown, back)->bytes() == sample.bytes);
    }
}

TEST_CASE("line ends are those of the document") {
    for (const auto &sample : samples::all()) {
        CAPTURE(sample.name);
        const auto after = with(samples::parsed(sample.bytes), everything);
        REQUIRE(after.has_value());
        const auto count = [&](const std::string &what) {
            std::size_t found = 0;
            for (std::size_t at = after->bytes().find(what); at != std::string::npos;
                 at = after->bytes().find(what, at + 1))
                ++found;
            return found;
        };
        const bool windows = sample.bytes.find("\r\n") != std::string::npos;
        CHECK(count("\r\n") == (windows ? count("\n") : 0));
    }
}

TEST_CASE("a value is replaced in place and keeps its quotes") {
    CHECK(edited("<domain><cputune><emulatorpin  cpuset = \"0\" /></cputune></domain>",
                 {{"cputune/emulatorpin", "1,3"}}) ==
          "<domain><cputune><emulatorpin  cpuset = \"1,3\" /></cputune></domain>");
    CHECK(edited("<domain><cputune><vcpupin cpuset='0' vcpu='1'/></cputune></domain>", {{"cputune/vcpupin/1", "5"}}) ==
          "<domain><cputune><vcpupin cpuset='5' vcpu='1'/></cputune></domain>");
}

TEST_CASE("values are escaped, also for the document's encoding") {
    const std::string value = "<&'\">\t\xC3\xA9";
    const std::string open = "<domain><cputune><emulatorpin cpuset=\"";
    CHECK(edited(open + "0\"/></cputune></domain>", {{"cputune/emulatorpin", value}}) ==
          open + "&lt;&amp;'&quot;>&#9;\xC3\xA9\"/></cputune></domain>");
    const std::string latin1 = "<?xml version='1.0' encoding='latin1'?>";
    CHECK(edited(latin1 + "<domain/>", {{"cputune/emulatorpin", value}}) ==
          latin1 + "<domain><cputune><emulatorpin cpuset='&lt;&amp;&apos;\">&#9;&#233;'/></cputune></domain >");
    const auto document = with(samples::parsed(latin1 + "<domain/>"), {{"cputune/emulatorpin", value}});
    CHECK(**value_of(*document, "cputune/emulatorpin") == value);
    CHECK(error_of("<domain/>", {{"cputune/emulatorpin", "\x01"}}).kind == ErrorKind::invalid);
    CHECK(error_of("<domain/>", {{"cputune/emulatorpin", "\xFF"}}).kind == ErrorKind::invalid);
}

TEST_CASE("indentation and line ends are those of the neighbours") {
    CHECK(edited("<domain>\r\n\t<vcpu>1</vcpu> <!-- one -->\r\n</domain>", {{"cputune/vcpupin/0", "1"}}) ==
          "<domain>\r\n\t<vcpu>1</vcpu> <!-- one -->\r\n\t<cputune>\r\n\t\t<vcpupin vcpu='0' "
          "cpuset='1'/>\r\n\t</cputune>\r\n</domain>");
    CHECK(edited("<domain>\n    <devices>\n    </devices>\n</domain>\n", {{channel, "virtio"}}) ==
          "<domain>\n    <devices>\n        <channel type='unix'>\n            <target type='virtio' "
          "name='org.kvmtune.agent.0'/>\n        </channel>\n    </devices  >\n</domain>\n");
    CHECK(edited("<domain><name>x</name><devices/></domain>", {{channel, "virtio"}}) ==
          "<domain><name>x</name><devices><channel type='unix'><target type='virtio' "
          "name='org.kvmtune.agent.0'/></channel></devices ></domain>");
}

TEST_CASE("pins stand in the order of their vCPUs") {
    const std::string open =
        "<domain>\n  <cputune>\n    <vcpupin vcpu='2' cpuset='2'/>\n    <emulatorpin cpuset='0'/>\n";
    CHECK(
        edited(open + "  </cputune>\n</domain>\n",
               {{"cputune/vcpupin/10", "a"}, {"cputune/vcpupin/3", "b"}, {"cputune/vcpupin/0", "c"}}) ==
        "<domain>\n  <cputune>\n    <vcpupin vcpu='0' cpuset='c'/>\n    <vcpupin vcpu='2' cpuset='2'/>\n    <vcpupin "
        "vcpu='3' "
        "cpuset='b'/>\n    <vcpupin vcpu='10' cpuset='a'/>\n    <emulatorpin cpuset='0'/>\n  </cputune>\n</domain>\n");
}

TEST_CASE("removing takes the line, and a container that is left with nothing") {
    CHECK(edited(
              "<domain>\n  <cputune>\n    <shares>1</shares>\n    <emulatorpin cpuset='0'/>  \n  </cputune>\n</domain>",
              {{"cputune/emulatorpin", {}}}) ==
          "<domain>\n  <cputune>\n    <shares>1</shares>\n  </cputune>\n</domain>");
    CHECK(edited("<domain>\n  <cputune>\n    <emulatorpin cpuset='0'></emulatorpin>\n  </cputune>\n  <os/>\n</domain>",
                 {{"cputune/emulatorpin", {}}}) == "<domain>\n  <os/>\n</domain>");
    CHECK(edited("<domain>\n  <cputune>\n    <!-- mine --><emulatorpin cpuset='0'/>\n  </cputune>\n</domain>",
                 {{"cputune/emulatorpin", {}}}) == "<domain>\n  <cputune>\n    <!-- mine -->\n  </cputune>\n</domain>");
    const std::string open = "<domain><devices><interface><mac address='52:54:00:12:34:56'/>";
    const std::string close = "</interface></devices></domain>";
    CHECK(edited(open + "<driver name='vhost' queues='2' txmode='timer'/>" + close,
                 {{nic + "queues", {}}, {nic + "name", {}}}) == open + "<driver txmode='timer'/>" + close);
    CHECK(edited(open + "<driver name='vhost'\n queues='2'/>" + close, {{nic + "name", {}}}) ==
          open + "<driver queues='2'/>" + close);
    CHECK(edited(open + "<driver name='vhost'\n queues='2'/>" + close, {{nic + "name", {}}, {nic + "queues", {}}}) ==
          open + close);
    CHECK(edited(open + "<driver name='vhost'><host csum='off'/></driver>" + close, {{nic + "name", {}}}) ==
          open + "<driver><host csum='off'/></driver>" + close);
}

TEST_CASE("values are found whatever the case, the order and the number of parents") {
    const std::string bytes =
        "<domain><cputune><vcpupin cpuset='1' vcpu='0'/></cputune><cputune><vcpupin vcpu='1' "
        "cpuset='2'/></cputune></domain>";
    CHECK(value(bytes, "cputune/vcpupin/0") == "1");
    CHECK(value(bytes, "cputune/vcpupin/1") == "2");
    CHECK(value(bytes, "cputune/vcpupin/2") == plan::Value());
    CHECK(value(samples::q35_dump(), "interface/52:54:00:aa:bb:01/driver/queues") == "4");
    CHECK(value(samples::q35_dump(), "interface/52:54:00:aa:bb:02/driver/queues") == plan::Value());
    CHECK(value(samples::q35_dump(), "controller/virtio-serial/0") == "present");
    CHECK(value(samples::q35_dump(), "controller/virtio-serial/1") == plan::Value());
    CHECK(value(samples::q35_dump(), "controller/pci/3") == "present");
    CHECK(value(samples::q35_dump(), "controller/pci/0") == plan::Value());
    CHECK(value(samples::q35_dump(), channel) == plan::Value());
}

TEST_CASE("what is not on the list, ambiguous or not there is an error") {
    const std::vector<std::string> unknown = {"cputune",
                                              "cputune/vcpupin/",
                                              "cputune/vcpupin/01",
                                              "cputune/vcpupin/-1",
                                              "interface/52:54:00:AA:bb:01/driver/name",
                                              "interface/driver/name",
                                              "channel/org.qemu.guest_agent.0",
                                              "controller/usb/0",
                                              "cputune/emulatorpin/1",
                                              ""};
    for (const std::string &name : unknown) {
        CAPTURE(name);
        CHECK(!is_element(name));
        CHECK(value_of(samples::parsed("<domain/>"), name).error().kind == ErrorKind::unsupported);
    }
    CHECK(error_of("<domain/>", {{nic + "name", "vhost"}}).kind == ErrorKind::not_found);
    CHECK(error_of("<domain/>", {{nic + "name", {}}}).kind == ErrorKind::not_found);
    const std::string twice = "<interface><mac address='52:54:00:12:34:56'/></interface>";
    CHECK(error_of("<domain><devices>\n" + twice + "\n" + twice + "</devices></domain>", {{nic + "name", "vhost"}}) ==
          Error{ErrorKind::invalid, "test.xml:3:1: a second interface with the MAC address 52:54:00:12:34:56"});
    CHECK(error_of("<domain><cputune><vcpupin vcpu='0' cpuset='1'/>\n<vcpupin vcpu='0' cpuset='1'/></cputune></domain>",
                   {{"cputune/vcpupin/0", "1"}})
              .what == "test.xml:2:1: a second pin of this vCPU");
    CHECK(error_of("<domain><cputune><vcpupin vcpu='0'/></cputune></domain>", {{"cputune/vcpupin/0", "1"}}).what ==
          "test.xml:1:18: a pin without a cpuset");
    CHECK(error_of("<domain/>", {{channel, "isa"}}).kind == ErrorKind::unsupported);
    CHECK(error_of("<domain/>", {{"cputune/emulatorpin", "1"}, {"cputune/emulatorpin", "1"}}).kind ==
          ErrorKind::invalid);
}

TEST_CASE("controllers are only taken away, and only when nothing uses them") {
    CHECK(error_of("<domain/>", {{"controller/virtio-serial/0", "present"}}).kind == ErrorKind::unsupported);
    CHECK(error_of(samples::q35_dump(), {{"controller/virtio-serial/0", {}}}).kind == ErrorKind::busy);
    CHECK(error_of(samples::q35_dump(), {{"controller/pci/3", {}}}).kind == ErrorKind::busy);
    CHECK(controllers_in(samples::parsed(samples::q35_dump())) ==
          std::vector<std::string>{"controller/pci/1", "controller/pci/2", "controller/pci/3",
                                   "controller/virtio-serial/0"});

    std::string ours = samples::q35_dump();
    ours.replace(ours.find("org.qemu.guest_agent.0"), 22, "org.kvmtune.agent.0");
    const std::string gone =
        edited(ours, {{"controller/pci/3", {}}, {"controller/virtio-serial/0", {}}, {channel, {}}});
    CHECK(controllers_in(samples::parsed(gone)) == std::vector<std::string>{"controller/pci/1", "controller/pci/2"});
    CHECK(error_of(gone, {{"controller/pci/1", {}}}).kind == ErrorKind::busy);

    const std::string open = "<domain><devices><controller type='virtio-serial' index='0'/>";
    CHECK(error_of(open + "<console><target type='virtio'/></console></devices></domain>",
                   {{"controller/virtio-serial/0", {}}})
              .kind == ErrorKind::busy);
    CHECK(edited(open + "<console><target type='serial'/></console></devices></domain>",
                 {{"controller/virtio-serial/0", {}}}) ==
          "<domain><devices><console><target type='serial'/></console></devices></domain>");
}

TEST_CASE("an administrator's fragment takes the place of ours") {
    const auto fragments = Fragments::built_in().replaced(
        "vcpupin", "<vcpupin\r\n    cpuset=\"${cpuset}\" vcpu=\"${vcpu}\"><!-- kvmtune --></vcpupin>\r\n",
        "vcpupin.xml");
    REQUIRE_MESSAGE(fragments.has_value(), (fragments ? "" : fragments.error().what));
    const auto out = with(samples::parsed("<domain>\n <os/>\n</domain>"), {{"cputune/vcpupin/0", "1"}}, *fragments);
    CHECK(out->bytes() ==
          "<domain>\n <cputune>\n  <vcpupin\n    cpuset=\"1\" vcpu=\"0\"><!-- kvmtune --></vcpupin>\n "
          "</cputune>\n <os/>\n</domain>");
    CHECK(with(*out, {{"cputune/vcpupin/0", {}}})->bytes() == "<domain>\n <os/>\n</domain>");
    const auto line = with(samples::parsed("<domain><os/></domain>"), {{"cputune/vcpupin/0", "1"}}, *fragments);
    CHECK(line->bytes() ==
          "<domain><cputune><vcpupin cpuset=\"1\" vcpu=\"0\"><!-- kvmtune --></vcpupin></cputune><os/></domain>");
}

TEST_CASE("a fragment that cannot work is refused") {
    const auto refusal = [](const std::string &name, const std::string &text) {
        const auto out = Fragments::built_in().replaced(name, text, name + ".xml");
        return out ? "accepted" : out.error().what;
    };
    CHECK(refusal("disk", "<disk/>") == "disk.xml:1:1: there is no fragment of this name");
    CHECK(refusal("emulatorpin", "<emulatorpin cpuset='${cpuset}'>\n") ==
          "emulatorpin.xml:1:1: the element that starts here is never closed");
    CHECK(refusal("emulatorpin", "<vcpupin cpuset='${cpuset}'/>") ==
          "emulatorpin.xml:1:1: the element must be <emulatorpin>");
    CHECK(refusal("emulatorpin", "<emulatorpin cpuset='0'/>") == "emulatorpin.xml:1:1: the hole ${cpuset} is missing");
    CHECK(refusal("emulatorpin", "<emulatorpin cpuset='${cpuset}' a='${x}'/>") ==
          "emulatorpin.xml:1:1: there is no value for a hole in it");
    CHECK(refusal("emulatorpin", "<emulatorpin cpuset='${cpuset}'/>\n<!-- of 2024 -->") ==
          "emulatorpin.xml:2:1: a fragment must end with its element");
    CHECK(refusal("emulatorpin", "<emulatorpin cpuset='0,${cpuset}'/>")
              .starts_with("emulatorpin.xml:1:24: a hole must be"));
    CHECK(refusal("emulatorpin", "<emulatorpin cpuset='${cpuset}'>\xC3\xA9</emulatorpin>") ==
          "emulatorpin.xml:1:33: a fragment must be in ASCII");
}

TEST_CASE("the embedded fragments are the files of xml-templates") {
    CHECK(Fragments::built_in().all().size() == 17);
    CHECK(Fragments::built_in().text("vcpupin") == "<vcpupin vcpu='${vcpu}' cpuset='${cpuset}'/>");
}

}  // namespace elements_test
