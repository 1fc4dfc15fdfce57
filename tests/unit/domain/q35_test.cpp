// Documents of the i440FX chipset made ones of Q35. That libvirt takes what comes of them: tests/e2e/corpus_define.
#include "daemon/domain/q35/conversion.hpp"

#include <doctest/doctest.h>

#include "daemon/domain/elements.hpp"
#include "daemon/domain/q35/machines.hpp"
#include "daemon/domain/q35/obstacles.hpp"

namespace q35_test {

using namespace kvmtune;
using namespace kvmtune::domain;
using Texts = std::vector<std::string>;

namespace {

std::string with_devices(const std::string &devices, const std::string &rest = "",
                         const std::string &os = "<type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type>") {
    return "<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n  <os>\n    " + os +
           "\n  </os>\n  <devices>\n" + devices + "  </devices>\n" + rest + "</domain>\n";
}

Document parsed(const std::string &text) {
    auto document = Document::parse(text, "web.xml");
    REQUIRE(document);
    return *std::move(document);
}

std::string converted(const std::string &text) {
    const auto document = with(parsed(text), {{"os/machine", "q35"}});
    REQUIRE(document);
    return document->bytes();
}

/// How often a part stands in a text.
std::size_t times(const std::string &part, const std::string &text) {
    std::size_t number = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++number;
    return number;
}

std::size_t ports(const std::string &text) {
    return times("model='pcie-root-port'/>", text);
}

}  // namespace

TEST_CASE("machines are told apart by their names") {
    for (const char *name : {"pc", "pc-i440fx-7.2", "pc-i440fx-rhel7.6.0", "pc-1.3", "pc-0.14", "rhel6.6.0"}) {
        CAPTURE(name);
        CHECK(q35::is_i440fx(name));
        CHECK_FALSE(q35::is_q35(name));
    }
    for (const char *name : {"q35", "pc-q35-7.2", "pc-q35-rhel9.2.0"}) CHECK(q35::is_q35(name));
    for (const char *name : {"", "isapc", "microvm", "virt", "q35", "pc-q35-7.2"}) CHECK_FALSE(q35::is_i440fx(name));
}

TEST_CASE("machine, bridges, addresses, IDE and USB are converted, the rest keeps its bytes") {
    const std::string before = with_devices(R"(    <disk type="file" device='disk'>
      <target dev='hda' bus='ide'/> <!-- system -->
      <address type='drive' controller='0' bus='0' target='0' unit='0'/>
    </disk>
    <controller type='usb' index='0' model='piix3-uhci'>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x01' function='0x2'/>
    </controller>
    <controller type='pci' index='0' model='pci-root'/>
    <controller type='ide' index='0'/>
    <interface type='network'>
      <model type='virtio'/>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x03' function='0x0'/>
    </interface>
    <sound model='ich6'/>
)");
    const std::string after = R"(<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
  </os>
  <devices>
    <disk type="file" device='disk'>
      <target dev='hda' bus='sata'/> <!-- system -->
      <address type='drive' controller='0' bus='0' target='0' unit='0'/>
    </disk>
    <controller type='usb' index='0' model='ich9-ehci1'/>
    <controller type='usb' index='0' model='ich9-uhci1'>
      <master startport='0'/>
    </controller>
    <controller type='usb' index='0' model='ich9-uhci2'>
      <master startport='2'/>
    </controller>
    <controller type='usb' index='0' model='ich9-uhci3'>
      <master startport='4'/>
    </controller>
    <controller type='pci' index='0' model='pcie-root'/>
    <controller type='pci' index='1' model='pcie-root-port'/>
    <controller type='pci' index='2' model='pcie-root-port'/>
    <controller type='pci' index='3' model='pcie-root-port'/>
    <controller type='pci' index='4' model='pcie-root-port'/>
    <controller type='pci' index='5' model='pcie-root-port'/>
    <controller type='pci' index='6' model='pcie-root-port'/>
    <controller type='pci' index='7' model='pcie-root-port'/>
    <interface type='network'>
      <model type='virtio'/>
    </interface>
    <sound model='ich9'/>
  </devices>
</domain>
)";
    CHECK(converted(before) == after);
}

TEST_CASE("disks of IDE get the first free ports of SATA, in the order of their old places") {
    const auto text = converted(with_devices(R"(    <disk><target dev='sdb' bus='sata'/></disk>
    <disk><target dev='hdc' bus='ide'/></disk>
    <disk><target dev='hdb' bus='ide'/><address type='drive' controller='0' bus='0' target='0' unit='1'/></disk>
    <disk><target dev='hda'/></disk>
    <disk><target dev='vda' bus='virtio'/></disk>
)"));
    CHECK(text.find("<target dev='sdb' bus='sata'/></disk>") != std::string::npos);
    CHECK(text.find("'hda' bus='sata'/><address type='drive' controller='0' bus='0' target='0' unit='0'/>") !=
          std::string::npos);
    CHECK(text.find("'hdb' bus='sata'/><address type='drive' controller='0' bus='0' target='0' unit='2'/>") !=
          std::string::npos);
    CHECK(text.find("'hdc' bus='sata'/><address type='drive' controller='0' bus='0' target='0' unit='3'/>") !=
          std::string::npos);
    CHECK(text.find("dev='vda' bus='virtio'/></disk>") != std::string::npos);
}

TEST_CASE("each PCI Express device has a root port, conventional ones share one, four are spare") {
    CHECK(ports(converted(with_devices(""))) == 2 + 4);  // libvirt's balloon and our channel's controller
    CHECK(ports(converted(with_devices("    <memballoon model='none'/>\n"))) == 1 + 4);
    CHECK(ports(converted(with_devices("    <controller type='virtio-serial' index='0'/>\n"))) == 2 + 4);
    CHECK(ports(converted(with_devices("    <disk><target dev='vda' bus='virtio'/></disk>\n"
                                       "    <interface><model type='virtio'/></interface>\n"
                                       "    <controller type='scsi' model='virtio-scsi'/>\n"
                                       "    <rng model='virtio'/>\n"))) == 2 + 4 + 4);
    CHECK(ports(converted(with_devices("    <interface><model type='e1000'/></interface>\n"
                                       "    <interface/>\n    <sound model='ac97'/>\n"))) == 2 + 1 + 4);
    for (const char *shared : {"<interface><model type='virtio-transitional'/></interface>",
                               "<interface><model type='vmxnet3'/></interface>",
                               "<video><model type='cirrus'/></video>", "<serial><target type='pci-serial'/></serial>",
                               "<crypto model='virtio'/>", "<controller type='sata' index='1'/>"}) {
        CAPTURE(shared);
        CHECK(ports(converted(with_devices(std::string("    ") + shared + "\n"))) == 2 + 1 + 4);
    }
    CHECK(ports(converted(with_devices("    <video><model type='cirrus' primary='yes'/></video>\n"))) == 2 + 4);
}

TEST_CASE("a document without a PCI controller gets its root, another is left as it is") {
    CHECK(times("<controller type='pci' index='0' model='pcie-root'/>", converted(with_devices(""))) == 1);
    const auto done = converted(with_devices("    <disk><target dev='hda' bus='ide'/></disk>\n"));
    CHECK(converted(done) == done);
}

TEST_CASE("what would not survive it is refused, each for its reason") {
    const auto reasons = [](const std::string &text) { return q35::obstacles(parsed(text)); };
    CHECK(reasons(with_devices("")).empty());
    CHECK(reasons(with_devices("", "", "<type arch='x86_64' machine='isapc'>hvm</type>")) ==
          Texts{"its machine is isapc"});
    CHECK(reasons(with_devices("", "", "<type>hvm</type>")) == Texts{"its machine is not named"});
    CHECK(reasons(with_devices("", "", "<type arch='ppc64' machine='pc'>hvm</type>")) ==
          Texts{"its architecture is ppc64"});
    CHECK(reasons(with_devices("", "", "<type machine='ubuntu'>hvm</type>")).empty());
    CHECK(reasons(with_devices("    <disk><target dev='hda'/><wwn>5000c50015ea71ac</wwn></disk>\n"
                               "    <disk><target dev='sda' bus='scsi'/><wwn>5000c50015ea71ad</wwn></disk>\n")) ==
          Texts{"it has an IDE disk with a <wwn> or <geometry>, which libvirt takes on no SATA one"});
    const auto overridden = [&](const std::string &alias) {
        return reasons(with_devices("", "  <qemu:override><qemu:device alias='" + alias + "'/></qemu:override>\n"));
    };
    CHECK(overridden("ide0-0-0") == Texts{"its qemu:override names devices by aliases that they do not keep"});
    CHECK(overridden("ua-disk").empty());
    CHECK(reasons(
              with_devices("    <hostdev type='pci'><alias name='ua-gpu'/></hostdev>\n    <hostdev type='usb'/>\n")) ==
          Texts{"it has a passed-through device (<hostdev> ua-gpu), which would be at another address in the guest"});
    CHECK(reasons(with_devices("    <controller type='pci' index='1' model='pci-expander-bus'/>\n")) ==
          Texts{"it has a pci-expander-bus, which Q35 has not"});
    CHECK(reasons(with_devices("", "  <launchSecurity type='sev'/>\n")).size() == 1);
    const auto argument = [&](const std::string &value) {
        return reasons(with_devices("", "  <qemu:commandline><qemu:arg value='" + value + "'/></qemu:commandline>\n"));
    };
    for (const char *value : {"edu,bus=pci.0", "PIIX4_PM.disable_s3=0", "i440FX-pcihost.x=y", "-machine", "edu,addr=2",
                              "vfio-pci,host=01:00.0", "if=ide,file=x", "-cdrom", "device.ide0-0-0.x=y",
                              "{&quot;driver&quot;:&quot;edu&quot;,&quot;addr&quot;:&quot;2&quot;}"}) {
        CAPTURE(value);
        CHECK(argument(value) == Texts{"its qemu:commandline names parts of the i440FX chipset"});
    }
    for (const char *value : {"isa-debugcon", "-nodefaults", "fw_cfg"}) CHECK(argument(value).empty());
    const auto refused = with(parsed(with_devices("    <hostdev type='mdev'/>\n")), {{"os/machine", "q35"}});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::unsupported);
    CHECK(refused.error().what.starts_with("web.xml: it cannot be converted to Q35: it has a passed-through device"));
}

TEST_CASE("a machine's successor is of its family") {
    CHECK(q35::successor_of("pc-i440fx-7.2") == "q35");
    CHECK(q35::successor_of("pc-i440fx-rhel7.6.0") == "q35");
    CHECK(q35::successor_of("pc-i440fx-jammy") == "ubuntu-q35");
    CHECK(q35::successor_of("pc-i440fx-noble-v2") == "ubuntu-q35");
    CHECK(q35::successor_of("rhel6.6.0") == "q35");
    CHECK(q35::is_q35("ubuntu-q35"));
}

TEST_CASE("what depends on the guest is doubted") {
    CHECK(q35::doubts(parsed(with_devices(""))).empty());
    CHECK(q35::doubts(parsed(with_devices("    <tpm model='tpm-tis'/>\n"))).size() == 1);
    CHECK(q35::doubts(parsed(with_devices("", "", "<type machine='pc'>hvm</type><loader type='pflash'/>"))).size() ==
          1);
}

TEST_CASE("virtio devices of guests from before virtio 1.0 stay what they were") {
    const auto document =
        parsed(with_devices("    <disk type='file'><target dev='vda' bus='virtio'/></disk>\n"
                            "    <controller type='scsi' model='virtio-scsi'/>\n"
                            "    <interface type='user'><model type='virtio'/></interface>\n"
                            "    <interface type='user'><model type='e1000e'/></interface>\n"));
    const auto done = with(document, {{"os/machine", "q35 with transitional virtio"}});
    REQUIRE(done.has_value());
    const auto &text = done->bytes();
    CHECK(text.find("<disk type='file' model='virtio-transitional'>") != std::string::npos);
    CHECK(text.find("<controller type='scsi' model='virtio-transitional'/>") != std::string::npos);
    CHECK(text.find("<interface type='user'><model type='virtio-transitional'/></interface>") != std::string::npos);
    CHECK(text.find("<model type='e1000e'/>") != std::string::npos);
    // One for the e1000e, one for the bridge, one for the balloon, one for our agent's controller, and the spare ones.
    std::size_t ports = 0;
    for (auto at = text.find("pcie-root-port"); at != std::string::npos; at = text.find("pcie-root-port", at + 1))
        ++ports;
    CHECK(ports == 4 + q35::spare_ports);
}

TEST_CASE("devices that would change places are doubted") {
    const auto nic = [](const std::string &slot) {
        return "    <interface><address type='pci' bus='0x00' slot='" + slot + "' function='0x0'/></interface>\n";
    };
    CHECK(q35::doubts(parsed(with_devices(nic("0x03") + nic("0x0a")))).empty());
    CHECK(q35::doubts(parsed(with_devices(nic("0x0a") + nic("0x03")))).size() == 1);
    CHECK(q35::doubts(parsed(with_devices(nic("0x0a") + "    <interface/>\n" + nic("0x03")))).size() == 1);
    const auto disk = [](const std::string &name, const std::string &slot) {
        return "    <disk><target dev='" + name + "' bus='virtio'/><address type='pci' slot='" + slot + "'/></disk>\n";
    };
    CHECK(q35::doubts(parsed(with_devices(disk("vdb", "0x05") + disk("vda", "0x04")))).empty());
    CHECK(q35::doubts(parsed(with_devices(disk("vda", "0x05") + disk("vdb", "0x04")))).size() == 1);
}

TEST_CASE("of hard disks of two buses the first one may be another, where the kind alone says what boots") {
    const std::string disks =
        "    <disk><target dev='hda' bus='ide'/></disk>\n    <disk><target dev='sda' bus='sata'/></disk>\n";
    const std::string type = "<type machine='pc'>hvm</type>";
    CHECK(q35::doubts(parsed(with_devices(disks, "", type + "<boot dev='hd'/>"))).size() == 1);
    CHECK(q35::doubts(parsed(with_devices(disks, "", type))).empty());
}

TEST_CASE("a guest that may boot from a disk of IDE needs a driver") {
    const auto demands =
        q35::demands(parsed(with_devices("    <disk><target dev='hda'/></disk>\n"
                                         "    <disk device='cdrom'><target dev='hdc'/></disk>\n")));
    REQUIRE(demands.size() == 1);
    CHECK(demands[0].starts_with("the guest needs a driver for AHCI when it boots from disk hda"));
}

TEST_CASE("a USB controller's alias stays, if somebody gave it") {
    const auto usb = [](const std::string &alias) {
        return converted(
            with_devices("    <controller type='usb' model='piix3-uhci'><alias name='" + alias + "'/></controller>\n"));
    };
    CHECK(usb("ua-usb").find("model='ich9-ehci1'>\n      <alias name='ua-usb'/>\n    </controller>") !=
          std::string::npos);
    CHECK(usb("usb").find("alias") == std::string::npos);
}

TEST_CASE("no other machine is given, none is taken back") {
    const auto document = parsed(with_devices(""));
    CHECK(*value_of(document, "os/machine") == "pc-i440fx-7.2");
    CHECK(with(document, {{"os/machine", "pc-i440fx-8.0"}}).error().kind == ErrorKind::unsupported);
    CHECK(with(document, {{"os/machine", std::nullopt}}).error().kind == ErrorKind::unsupported);
}

}  // namespace q35_test
