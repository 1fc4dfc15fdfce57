#include "daemon/facts/recording.hpp"

#include <doctest/doctest.h>

#include "daemon/facts/host.hpp"
#include "daemon/facts/links.hpp"
#include "daemon/facts/topology.hpp"
#include "tests/fakes/temporary_tree.hpp"

namespace recording_test {

using namespace kvmtune;
using namespace kvmtune::facts;
using kvmtune::fakes::TemporaryTree;

namespace {

const std::set<std::string> some_sysctls = {"net.core.somaxconn", "net.ipv4.tcp_rmem", "net.no.such"};
const std::set<std::string> some_modules = {"vhost_net", "tcp_bbr", "ext4"};

plan::HostFacts facts_in(const Root &root) {
    auto facts = host_facts(root, some_sysctls, some_modules).value();
    facts.links = links_in(root).value();
    return facts;
}

/// What a recording has seen, as a tree of its own.
struct Copy {
    TemporaryTree around;
    std::string folder = around.root().full("copy");

    explicit Copy(const Recording &recording) { REQUIRE(recording.write_to(folder).has_value()); }
    [[nodiscard]] Root root() const { return Root::open(folder).value(); }
};

}  // namespace

TEST_CASE("what is read of a recorded machine is what was read of this one") {
    Root live = Root::open("/").value();
    Recording recording;
    live.tell(recording);
    const auto facts = facts_in(live);
    REQUIRE_FALSE(facts.kernel.empty());
    REQUIRE(facts.memory > 0);
    REQUIRE_FALSE(facts.links.empty());
    REQUIRE_FALSE(facts.sysctls.empty());

    const Copy copy(recording);
    CHECK(facts_in(copy.root()) == facts);
}

TEST_CASE("this machine's topology is the same in hwloc's XML") {
    const auto xml = topology_xml(std::nullopt).value();
    CHECK(topology_from(xml).value() == this_machines_topology().value());
    const std::string described = "numa:2(memory=8GB) core:4 pu:2";
    CHECK(topology_from(topology_xml(described).value()).value() == topology_from(described).value());
    CHECK_FALSE(topology_xml("no such machine").has_value());
}

TEST_CASE("links, folders and what is only known to be there are kept as what they are") {
    const TemporaryTree tree;
    tree.add("sys/class/net/br0/ifindex", "3\n");
    tree.add("sys/class/net/br0/mtu", "9000\n");
    tree.add("sys/class/net/br0/bridge/stp_state", "0\n");
    tree.add("sys/class/net/tap0/ifindex", "4\n");
    tree.add("sys/class/net/tap0/mtu", "1500\n");
    tree.add("sys/class/net/tap0/tun_flags", "0x1002\n");
    std::filesystem::create_symlink("../br0", tree.root().full("sys/class/net/tap0/master"));
    tree.add("etc/sysctl.d/README", "never read\n");
    tree.add("etc/sysctl.d/10-x.conf", "net.core.somaxconn = 1\n");
    tree.add("proc/sys/kernel/osrelease", "6.1.0\n");
    tree.add("proc/sys/kernel/random/boot_id", "11111111-2222-4333-8444-555555555555\n");
    tree.add("run/docker.sock", "");
    Root root = Root::open(tree.root().path()).value();
    Recording recording;
    root.tell(recording);
    const auto facts = facts_in(root);
    REQUIRE(facts.links.size() == 2);
    REQUIRE(facts.links[1].master == "br0");
    REQUIRE(facts.bridge_filter_users.count("Docker") == 1);

    const Copy copy(recording);
    CHECK(facts_in(copy.root()) == facts);
    CHECK(copy.around.text("copy/etc/sysctl.d/README").empty());
    CHECK(copy.around.mode("copy") == 0700);
    CHECK(copy.around.mode("copy/proc/sys/kernel/osrelease") == 0600);
}

TEST_CASE("of a file that changes while facts are read, the first sight is kept") {
    const TemporaryTree tree;
    tree.add("a", "first");
    Root root = Root::open(tree.root().path()).value();
    Recording recording;
    root.tell(recording);
    REQUIRE(root.read("a").value() == "first");
    tree.add("a", "second");
    REQUIRE(root.read("a").value() == "second");
    const Copy copy(recording);
    CHECK(copy.root().read("a").value() == "first");
}

TEST_CASE("nothing is written into a folder that holds something") {
    const TemporaryTree tree;
    tree.add("old/file", "mine");
    Recording recording;
    recording.saw_file("file", "ours");
    const auto refused = recording.write_to(tree.root().full("old"));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().what.ends_with("it is not empty"));
    CHECK(tree.text("old/file") == "mine");
    CHECK_FALSE(recording.write_to(tree.root().full("no/such")).has_value());
}

}  // namespace recording_test
