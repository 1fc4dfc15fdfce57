#include "tests/unit/domain/samples.hpp"

#include <stdexcept>

namespace kvmtune::domain::samples {

namespace {

std::string replaced(std::string text, const std::string &what, const std::string &by) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
        text.replace(at, what.size(), by);
    }
    return text;
}

/// Without line ends and what indents the lines.
std::string on_one_line(const std::string &text) {
    std::string out;
    bool at_start = true;
    for (const char c : text) {
        if (c == '\n') {
            at_start = true;
        } else if (!at_start || c != ' ') {
            at_start = false;
            out += c;
        }
    }
    return out;
}

std::string with_tabs(const std::string &text) {
    std::string out;
    bool at_start = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (at_start && text.compare(i, 2, "  ") == 0) {
            out += '\t';
            ++i;
            continue;
        }
        at_start = text[i] == '\n';
        out += text[i];
    }
    return out;
}

const std::string hand_written = R"(<?xml version="1.0"?>
<!-- our web server; do not touch <cputune> -->
<?editor mode="xml"?>

<domain type="kvm" xmlns:qemu="http://libvirt.org/schemas/domain/qemu/1.0">
    <name>web &amp; more</name>
    <description><![CDATA[<cputune><vcpupin vcpu='0' cpuset='9'/></cputune>]]></description>
    <metadata>
        <app:note xmlns:app="http://example.org/app" text="a &lt; b"/>   <!-- theirs -->
    </metadata>
    <memory unit="GiB">4</memory> <!-- enough -->
    <vcpu>4</vcpu>   <!-- four -->
    <os><type arch="x86_64">hvm</type></os>
    <devices>
        <!-- <interface type="bridge"><mac address="52:54:00:00:00:00"/></interface> -->
        <interface type="network"
                   trustGuestRxFilters="no">
            <source network="default"/>
            <mac address='52:54:00:12:34:56'/><model type="virtio"/>
        </interface>
        <disk type='file'><source file='/a&quot;b'/><target dev='vda'/></disk> <!-- last -->
        <!-- end of devices -->

    </devices>
    <qemu:commandline>
        <qemu:arg value="-set"/>
    </qemu:commandline>
</domain>
<!-- after -->
)";

const std::string interface_only = "<interface type='network'><mac address='52:54:00:12:34:56'/><driver/></interface>";

std::vector<Sample> small() {
    return {
        {"empty containers",
         "<domain>\n  <metadata/>\n  <cputune/>\n  <devices>\n    <interface type='network'>\n      <mac "
         "address='52:54:00:12:34:56'/>\n      <driver/>\n    </interface>\n  </devices>\n</domain>\n"},
        {"empty containers with blanks",
         "<domain>\n <metadata />\n <cputune  />\n <devices>" + interface_only + "</devices>\n</domain>"},
        {"empty pairs", "<domain>\n<metadata></metadata>\n<cputune></cputune>\n<devices>\n" + interface_only +
                            "\n</devices>\n</domain>"},
        {"empty pairs with blanks inside the end tag",
         "<domain><metadata></metadata ><cputune>  </cputune\n><devices >" + interface_only + "</devices ></domain>"},
        {"empty pairs over lines",
         "<domain>\n  <metadata>\n  </metadata>\n  <cputune>\n\n  </cputune>\n  <devices>\n    " + interface_only +
             "\n  </devices>\n</domain>\n"},
        {"comments only",
         "<domain>\n  <metadata><!-- m --></metadata>\n  <cputune>\n    <!-- pins -->\n  </cputune>\n  "
         "<devices>" +
             interface_only + "<!-- d -->\n  </devices>\n</domain>\n"},
        {"driver as a pair",
         "<domain><devices><interface type='bridge'>\n<mac address='52:54:00:12:34:56'/>\n<driver "
         "></driver></interface></devices></domain>"},
        {"driver with offloads",
         "<domain>\n  <devices>\n    <interface type='bridge'>\n      <mac "
         "address='52:54:00:12:34:56'/>\n      <driver>\n        <host csum='off'/>\n      "
         "</driver>\n    </interface>\n  </devices>\n</domain>\n"},
        {"driver over lines",
         "<domain>\n  <devices>\n    <interface type='bridge'>\n      <mac "
         "address='52:54:00:12:34:56'/>\n      <driver\n          txmode='iothread'\n          "
         "ioeventfd='on'\n      />\n    </interface>\n  </devices>\n</domain>\n"},
        {"no indentation",
         "<domain>\n<name>x</name>\n<vcpu>2</vcpu>\n<devices>\n<interface type='user'>\n<mac "
         "address='52:54:00:12:34:56'/>\n</interface>\n</devices>\n</domain>\n"},
        {"mixed lines",
         "<domain><name>x</name>\n   <vcpu>2</vcpu><devices>\n <interface type='user'><mac "
         "address='52:54:00:12:34:56'/>\n  </interface></devices></domain>"},
        {"other pins",
         "<domain>\n  <cputune>\n    <shares>2048</shares>\n    <vcpupin vcpu='1' cpuset='7'/>\n    "
         "<vcpupin vcpu='30' cpuset='7'/> <!-- thirty -->\n    <iothreadpin iothread='1' cpuset='5'/>\n  "
         "</cputune>\n  <devices>\n    <interface type='user'>\n      <mac address='52:54:00:12:34:56'/>\n  "
         "  </interface>\n  </devices>\n</domain>\n"},
        {"text in places",
         "<domain>text<cputune>more</cputune><devices>" + interface_only + "and more</devices></domain>"},
        {"a policy in our namespace",
         "<domain>\n  <metadata>\n    <k:policy xmlns:k='urn:kvmtune:domain:1' tag='gold'/>\n  </metadata>\n  "
         "<devices>\n    " +
             interface_only + "\n  </devices>\n</domain>\n"},
    };
}

const std::string guest_head = R"(<domain type='kvm'>
  <name>guest</name>
  <uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>
  <memory unit='KiB'>8388608</memory>
  <currentMemory unit='KiB'>8388608</currentMemory>
  <vcpu placement='static'>8</vcpu>
  <os>
    <type arch='x86_64' machine='pc-q35-rhel9.4.0'>hvm</type>
    <boot dev='hd'/>
  </os>
)";

}  // namespace

std::string recipe_guest() {
    return guest_head + R"(  <features>
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
    </interface>
    <console type='pty'/>
  </devices>
</domain>
)";
}

std::string q35_dump() {
    return R"(<domain type='kvm'>
  <name>q35</name>
  <uuid>0c8d7a5e-8d3f-4a52-9a58-0b8e3a1e77c1</uuid>
  <title>web-01</title>
  <metadata>
    <libosinfo:libosinfo xmlns:libosinfo="http://libosinfo.org/xmlns/libvirt/domain/1.0">
      <libosinfo:os id="http://debian.org/debian/12"/>
    </libosinfo:libosinfo>
  </metadata>
  <memory unit='KiB'>4194304</memory>
  <currentMemory unit='KiB'>4194304</currentMemory>
  <memoryBacking>
    <hugepages/>
  </memoryBacking>
  <vcpu placement='static' cpuset='0-7,^3'>4</vcpu>
  <iothreads>1</iothreads>
  <cputune>
    <iothreadpin iothread='1' cpuset='5'/>
  </cputune>
  <numatune>
    <memory mode='restrictive' nodeset='1'/>
  </numatune>
  <os>
    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>
  </os>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <controller type='pci' index='0' model='pcie-root'/>
    <controller type='pci' index='1' model='pcie-root-port'>
      <model name='pcie-root-port'/>
      <target chassis='1' port='0x10'/>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x02' function='0x0' multifunction='on'/>
    </controller>
    <controller type='pci' index='2' model='pcie-root-port'>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x02' function='0x1'/>
    </controller>
    <controller type='pci' index='3' model='pcie-root-port'>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x02' function='0x2'/>
    </controller>
    <controller type='virtio-serial' index='0'>
      <address type='pci' domain='0x0000' bus='0x03' slot='0x00' function='0x0'/>
    </controller>
    <interface type='network'>
      <mac address='52:54:00:AA:bb:01'/>
      <source network='default'/>
      <model type='virtio'/>
      <driver name='vhost' queues='4'/>
      <mtu size='9000'/>
      <address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>
    </interface>
    <interface type='bridge'>
      <mac address='52:54:00:aa:bb:02'/>
      <source bridge='br0'/>
      <model type='e1000e'/>
      <address type='pci' domain='0x0000' bus='0x02' slot='0x00' function='0x0'/>
    </interface>
    <channel type='unix'>
      <target type='virtio' name='org.qemu.guest_agent.0'/>
      <address type='virtio-serial' controller='0' bus='0' port='1'/>
    </channel>
    <memballoon model='none'/>
  </devices>
</domain>
)";
}

std::string pc_dump() {
    return R"(<domain type='qemu'>
  <name>pc</name>
  <uuid>7f2d8c5b-7cde-4c94-8d10-40d1c7a0d601</uuid>
  <memory unit='KiB'>1048576</memory>
  <vcpu placement='auto'>2</vcpu>
  <cputune>
    <vcpupin vcpu='1' cpuset='2-3'/>
    <emulatorpin cpuset='0-3'/>
  </cputune>
  <numatune>
    <memory mode='strict' placement='auto'/>
  </numatune>
  <os>
    <type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type>
  </os>
  <devices>
    <interface type='network'>
      <mac address='52:54:00:12:34:56'/>
      <source network='default'/>
      <model type='virtio'/>
      <driver name='qemu'/>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x03' function='0x0'/>
    </interface>
    <graphics type='vnc' port='-1' autoport='yes' passwd='s3cret'>
      <listen type='address'/>
    </graphics>
    <memballoon model='virtio'>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x04' function='0x0'/>
    </memballoon>
  </devices>
</domain>
)";
}

std::vector<Sample> all() {
    const std::string q35 = replaced(q35_dump(), "52:54:00:AA:bb:01", "52:54:00:12:34:56");
    const std::string latin1 = "<?xml version='1.0' encoding='ISO-8859-1'?>\n" + replaced(recipe_guest(), "guest<",
                                                                                          "gu\xEA"
                                                                                          "st \xE9<");
    std::vector<Sample> samples = {
        {"recipe", recipe_guest()},
        {"q35", q35},
        {"pc", pc_dump()},
        {"hand-written", hand_written},
        {"CRLF", replaced(recipe_guest(), "\n", "\r\n")},
        {"hand-written CRLF", replaced(hand_written, "\n", "\r\n")},
        {"CR", replaced(recipe_guest(), "\n", "\r")},
        {"BOM", "\xEF\xBB\xBF" + pc_dump()},
        {"Latin-1", latin1},
        {"US-ASCII", "<?xml version='1.0' encoding=\"us-ascii\" standalone='yes' ?>" + pc_dump()},
        {"UTF-8", replaced(hand_written, "web",
                           "w\xC3\xA9"
                           "b \xE2\x82\xAC \xF0\x9F\x90\x8C")},
        {"double quotes", replaced(recipe_guest(), "'", "\"")},
        {"tabs", with_tabs(q35)},
        {"one line", on_one_line(recipe_guest())},
        {"one line with driver", on_one_line(q35)},
        {"no line end at the end", recipe_guest().substr(0, recipe_guest().size() - 1)},
    };
    for (Sample &sample : small()) samples.push_back(std::move(sample));
    return samples;
}

Document parsed(const std::string &bytes) {
    auto document = Document::parse(bytes, "test.xml");
    if (!document) throw std::runtime_error(document.error().what);
    return *std::move(document);
}

}  // namespace kvmtune::domain::samples
