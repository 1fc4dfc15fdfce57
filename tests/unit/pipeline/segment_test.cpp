// MTU of a segment through the whole pipeline: libvirt's network, the host's links, domains, and back again.
#include <doctest/doctest.h>

#include <filesystem>

#include "daemon/pipeline/pipeline.hpp"
#include "tests/fakes/fake_hypervisor.hpp"
#include "tests/fakes/host_tree.hpp"

namespace segment_test {

namespace {

using namespace kvmtune;
using pipeline::Goal;
using pipeline::Scope;

constexpr const char *web_uuid = "00000000-0000-4000-8000-000000000001";
const std::string network = R"(<network>
  <name>default</name>
  <uuid>aaaaaaaa-0000-4000-8000-000000000001</uuid>
  <forward mode='nat'/>
  <bridge name='virbr0' stp='on' delay='0'/>
</network>
)";

std::string domain_named(const std::string &name, const std::string &number) {
    return "<domain type='kvm'>\n  <name>" + name + "</name>\n  <uuid>00000000-0000-4000-8000-00000000000" + number +
           "</uuid>\n  <memory unit='MiB'>512</memory>\n  <vcpu>1</vcpu>\n"
           "  <os><type arch='x86_64' machine='q35'>hvm</type></os>\n  <devices>\n    <interface type='network'>\n"
           "      <mac address='52:54:00:00:00:0" +
           number + "'/>\n      <source network='default'/>\n      <target dev='vnet" + number +
           "'/>\n      <model type='virtio'/>\n    </interface>\n  </devices>\n</domain>\n";
}

/// A host with libvirt's default network, on which web01 is defined.
struct Bench {
    fakes::HostTree tree;
    Root root = *Root::open(tree.path());
    fakes::FakeHypervisor hypervisor;

    Bench() {
        hypervisor.edit(domain_named("web01", "1"));
        hypervisor.start_network(hypervisor.edit_network(network));
        add_link("virbr0", 3);
        tree.write("sys/class/net/virbr0/bridge/bridge_id", "8000.525400000001\n");
    }
    void add_link(const std::string &name, unsigned index) const {
        const std::string folder = "sys/class/net/" + name;
        tree.write(folder + "/ifindex", std::to_string(index) + "\n");
        tree.write(folder + "/mtu", "1500\n");
    }
    void add_tap(const std::string &name, unsigned index) const {
        add_link(name, index);
        tree.write("sys/class/net/" + name + "/tun_flags", "0x5002\n");
        std::filesystem::create_directory_symlink("../virbr0", tree.path() + "/sys/class/net/" + name + "/master");
    }
    std::unique_ptr<pipeline::Workplace> place() {
        auto load = [](const std::string &) -> Result<> { return failure(ErrorKind::failed, "no modules here"); };
        auto opened = pipeline::Workplace::open(root, {}, hypervisor, fakes::HostTree::topology, load);
        REQUIRE(opened.has_value());
        return *std::move(opened);
    }
    pipeline::Account bring(const Scope &scope) {
        auto account = pipeline::bring(*place(), scope, {});
        REQUIRE_MESSAGE(account.has_value(), (account ? std::string() : account.error().what));
        return *std::move(account);
    }
    pipeline::Picture picture() {
        auto gathered = pipeline::gather(*place(), tune());
        REQUIRE(gathered.has_value());
        return *std::move(gathered);
    }
    std::string defined_network() const { return hypervisor.networks().value().at(0).definition; }
    std::string definition() const { return hypervisor.domain(web_uuid).value().definition; }
    static Scope tune() { return {Goal::tune, {web_uuid}, false}; }
};

bool has(const std::string &text, const std::string &part) {
    return text.find(part) != std::string::npos;
}

bool is_said(const std::vector<plan::Finding> &findings, const std::string &part) {
    return std::any_of(findings.begin(), findings.end(),
                       [&](const plan::Finding &finding) { return has(finding.what, part); });
}

}  // namespace

TEST_CASE("networks, links and the taps of what runs are in the picture") {
    Bench bench;
    bench.add_tap("vnet1", 9);
    bench.hypervisor.power_on(web_uuid);
    const auto picture = bench.picture();
    const auto &host = picture.situation.host;
    REQUIRE(host.networks.size() == 1);
    CHECK(host.networks[0].active);
    CHECK(host.networks[0].persistent);
    CHECK(host.networks[0].bridge == "virbr0");
    REQUIRE(host.links.size() == 2);
    CHECK(host.links[1].name == "vnet1");
    CHECK(host.links[1].master == "virbr0");
    REQUIRE(picture.situation.domains.size() == 1);
    REQUIRE(picture.situation.domains[0].running_nics.size() == 1);
    CHECK(picture.situation.domains[0].running_nics[0].tap == "vnet1");
}

TEST_CASE("a network that cannot be read is left alone with a finding, and the rest goes on") {
    Bench bench;
    bench.hypervisor.edit_network("<network><name>odd</name><mtu size='big'/></network>");
    const auto picture = bench.picture();
    CHECK(picture.situation.host.networks.size() == 1);
    CHECK(is_said(picture.findings, "this MTU is no number"));
}

TEST_CASE("the next starts of network and guest get their MTU, and give every byte back") {
    Bench bench;
    const auto before = bench.definition();
    const auto account = bench.bring(Bench::tune());
    CHECK_FALSE(account.failed());
    CHECK(has(bench.defined_network(), "<mtu size='9000'/>"));
    CHECK(has(bench.definition(), "<mtu size='9000'/>"));
    CHECK(account.left.empty());

    CHECK_FALSE(bench.bring({Goal::give_back, {}, false}).failed());
    CHECK(bench.defined_network() == network);
    CHECK(bench.definition() == before);
    CHECK_FALSE(bench.tree.has("var/lib/kvmtune/journal"));
}

TEST_CASE("with a foreign guest that runs on the bridge nothing is raised, and what was written is taken back") {
    Bench bench;
    bench.bring(Bench::tune());
    REQUIRE(has(bench.definition(), "<mtu"));
    bench.hypervisor.edit(domain_named("old", "2"));
    bench.hypervisor.power_on("00000000-0000-4000-8000-000000000002");
    bench.add_tap("vnet2", 10);

    const auto account = bench.bring(Bench::tune());
    CHECK_FALSE(account.failed());
    CHECK(is_said(account.report.findings, "old: it is outside the policy"));
    CHECK(bench.defined_network() == network);
    CHECK_FALSE(has(bench.definition(), "<mtu"));
    CHECK(bench.tree.read("sys/class/net/vnet2/mtu") == "1500\n");
}

TEST_CASE("a run for the host alone leaves what runs as it is") {
    const Scope host_only{Goal::tune, {}, true};
    CHECK_FALSE(host_only.covers({plan::TargetKind::link, "", "vnet0/mtu"}));
    CHECK_FALSE(host_only.covers({plan::TargetKind::knob, web_uuid, "nic/52:54:00:00:00:01/mtu"}));
    CHECK(host_only.covers({plan::TargetKind::network, "", "default/mtu"}));
    const Scope offline{Goal::tune, {}, true, true};
    CHECK_FALSE(offline.covers({plan::TargetKind::network, "", "default/mtu"}));
    CHECK(offline.covers({plan::TargetKind::sysctl, "", "net.core.somaxconn"}));
}

TEST_CASE("a run for one domain covers the MTU of all guests, for they share the segment") {
    const Scope one = Bench::tune();
    CHECK(one.covers({plan::TargetKind::knob, "another", "nic/52:54:00:00:00:02/mtu"}));
    CHECK_FALSE(one.covers({plan::TargetKind::knob, "another", "nic/52:54:00:00:00:02/channels"}));
    CHECK_FALSE(one.covers({plan::TargetKind::element, "another", "interface/52:54:00:00:00:02/mtu"}));
}

}  // namespace segment_test
