#include <doctest/doctest.h>

#include <fstream>

#include "tests/fakes/host_tree.hpp"
#include "tests/unit/cli/said.hpp"

namespace rewrite_test {

namespace {

using namespace kvmtune;

constexpr const char *guest = R"(<domain type='kvm'>
  <name>web01</name>
  <memory unit='GiB'>1</memory>
  <vcpu>2</vcpu>
  <os><type>hvm</type></os>
  <devices>
    <interface type='bridge'>
      <mac address='52:54:00:00:00:01'/>
      <source bridge='br0'/>
      <model type='virtio'/>
    </interface>
  </devices>
</domain>
)";

/// A folder with a document and an empty policy.
struct Folder {
    fakes::HostTree tree;

    Folder() { tree.write("policy.toml", ""); }
    std::string file(const std::string &name, const std::string &text) const {
        tree.write(name, text);
        return tree.path() + "/" + name;
    }
    cli::Said rewrite(const std::string &document, const std::string &policy = "") const {
        return cli::said({"rewrite", file("guest.xml", document), "--topology", fakes::HostTree::topology, "--policy",
                          file("policy.toml", policy)});
    }
};

}  // namespace

TEST_CASE("rewrite prints the tuned document, whose other bytes are the user's") {
    const Folder folder;
    const auto said = folder.rewrite(guest);
    CHECK(said.status == 0);
    CHECK(said.out.find("      <driver name='vhost' queues='2'") != std::string::npos);
    CHECK(said.out.find("<vcpupin vcpu='1' cpuset='") != std::string::npos);
    CHECK(said.out.find("<kvmtune:vhost mac='52:54:00:00:00:01' queue='1' cpus='") != std::string::npos);
    CHECK(said.out.find("      <model type='virtio'/>\n") != std::string::npos);
    CHECK(said.out.starts_with("<domain type='kvm'>\n  <name>web01</name>\n"));
}

TEST_CASE("a second rewrite changes nothing") {
    const Folder folder;
    const auto once = folder.rewrite(guest).out;
    CHECK(folder.rewrite(once).out == once);
}

TEST_CASE("a policy that wants less takes ours back, to the user's bytes in the end") {
    const Folder folder;
    const auto tuned = folder.rewrite(guest).out;
    const std::string nothing = "[host]\nprofile = \"none\"\n[[domain]]\nmatch = [\"*\"]\nprofile = \"none\"\n";
    CHECK(folder.rewrite(tuned, nothing).out == guest);
}

TEST_CASE("a document that cannot be read gives its place, status 1 and no output") {
    const Folder folder;
    const auto said = folder.rewrite("<domain>\n  <name>x</nam>\n</domain>\n");
    CHECK(said.status == cli::status::failed);
    CHECK(said.out.empty());
    CHECK(said.err.find("guest.xml:2:") != std::string::npos);
    CHECK(folder.rewrite("").status == cli::status::failed);
}

TEST_CASE("a broken policy is refused before anything is read") {
    const Folder folder;
    const auto said = folder.rewrite(guest, "[host]\nprofil = 1\n");
    CHECK(said.status == cli::status::usage);
    CHECK(said.out.empty());
    CHECK(said.err.find("policy.toml:2:") != std::string::npos);
}

TEST_CASE("what it leaves alone is said on standard error, unless quiet") {
    const Folder folder;
    std::string other = guest;
    other.replace(other.find("'virtio'"), 8, "'e1000'");
    const auto said = folder.rewrite(other);
    CHECK(said.status == 0);
    CHECK(said.err.find("52:54:00:00:00:01") != std::string::npos);
    CHECK(cli::said({"rewrite", "-q", folder.tree.path() + "/guest.xml", "--topology", fakes::HostTree::topology,
                     "--policy", folder.tree.path() + "/policy.toml"})
              .err.empty());
}

}  // namespace rewrite_test
