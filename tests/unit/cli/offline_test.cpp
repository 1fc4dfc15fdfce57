// `apply --host-only --offline`: the host's part from libvirt's files alone, as it runs before libvirt at boot.
#include <doctest/doctest.h>

#include "tests/fakes/host_tree.hpp"
#include "tests/unit/cli/said.hpp"

namespace offline_test {

namespace {

using namespace kvmtune;

constexpr const char *web01 = R"(<!--
WARNING: THIS IS AN AUTO-GENERATED FILE.
-->

<domain type='kvm'>
  <name>web01</name>
  <uuid>00000000-0000-4000-8000-000000000001</uuid>
  <memory unit='MiB'>512</memory>
  <vcpu>2</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw'/>
      <source file='/nowhere/web01.raw'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <interface type='network'>
      <mac address='52:54:00:00:00:01'/>
      <source network='default'/>
      <model type='virtio'/>
    </interface>
  </devices>
</domain>
)";
constexpr const char *web01_file = "etc/libvirt/qemu/web01.xml";
constexpr const char *network = R"(<network>
  <name>default</name>
  <uuid>00000000-0000-4000-8000-000000000002</uuid>
  <bridge name='virbr0'/>
</network>
)";
constexpr const char *network_file = "etc/libvirt/qemu/networks/default.xml";

struct Site {
    fakes::HostTree tree;

    Site() {
        tree.write("etc/kvmtune/kvmtune.toml",
                   "[host]\nprofile = 'network'\n[network.default]\nmtu = 9000\n[[domain]]\nmatch = ['web*']\n");
        tree.write(web01_file, web01);
        tree.write(network_file, network);
    }
    [[nodiscard]] cli::Said say(const std::string &command) const {
        return cli::said(
            {command, "--host-only", "--offline", "--root", tree.path(), "--topology", fakes::HostTree::topology});
    }
};

}  // namespace

TEST_CASE("offline, the host gets what its stored definitions need, and they stay as they are") {
    const Site site;
    const auto before = site.say("verify");
    CHECK(before.status == cli::status::differs);
    CHECK_FALSE(site.tree.has("run/kvmtune/ready"));

    const auto applied = site.say("apply");
    CHECK_MESSAGE(applied.status == cli::status::done, applied.out << applied.err);
    CHECK(site.tree.read("proc/sys/net/core/somaxconn") == "65535\n");
    CHECK(site.tree.read("etc/modules-load.d/kvmtune.conf").find("vhost_net") != std::string::npos);
    CHECK(site.tree.read(web01_file) == web01);
    CHECK(site.tree.read(network_file) == network);
    CHECK(site.tree.has("run/kvmtune/ready"));
    CHECK(site.say("verify").status == cli::status::done);
    CHECK(site.say("apply").out.starts_with("0 changes made"));
}

TEST_CASE("offline, nothing is said of domains, for they are left alone") {
    const Site site;
    const auto applied = site.say("apply");
    CHECK((applied.out + applied.err).find("web01:") == std::string::npos);
    CHECK((applied.out + applied.err).find("/nowhere") == std::string::npos);
}

TEST_CASE("offline, a guest that runs keeps its huge pages and asks for no others") {
    const Site site;
    const std::string pool = "sys/devices/system/node/node0/hugepages/hugepages-2048kB/";
    site.tree.write("sys/devices/system/node/node0/meminfo",
                    "Node 0 MemTotal: 8388608 kB\nNode 0 MemFree: 6291456 kB\nNode 0 FilePages: 0 kB\n");
    site.tree.write("proc/meminfo",
                    "MemTotal: 8388608 kB\nMemFree: 6291456 kB\nMemAvailable: 6291456 kB\n"
                    "Hugepagesize: 2048 kB\n");
    site.tree.write(pool + "nr_hugepages", "256\n");
    site.tree.write(pool + "free_hugepages", "0\n");
    site.tree.write(pool + "surplus_hugepages", "0\n");
    auto tuned = std::string(web01);
    tuned.insert(tuned.find("  <vcpu>"),
                 "  <memoryBacking><hugepages/></memoryBacking>\n  <numatune><memory mode='strict' nodeset='0'/>"
                 "</numatune>\n");
    site.tree.write(web01_file, tuned);
    const auto pages_wanted = [&] {
        const auto out = site.say("verify").out;
        const auto at = out.find("node0/2048kB");
        REQUIRE_MESSAGE(at != std::string::npos, out);
        return out.substr(at, out.find('\n', at) - at);
    };
    CHECK(pages_wanted().find(" 512 ") != std::string::npos);
    const auto document = tuned.substr(tuned.find("<domain"));
    site.tree.write("run/libvirt/qemu/web01.xml", "<domstatus state='running'>" + document + "</domstatus>\n");
    CHECK(pages_wanted().find(" 256 ") != std::string::npos);
}

}  // namespace offline_test
