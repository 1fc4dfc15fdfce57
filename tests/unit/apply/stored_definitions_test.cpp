#include "daemon/apply/stored_definitions.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "tests/fakes/temporary_tree.hpp"

namespace stored_definitions_test {

using namespace kvmtune;
using namespace kvmtune::apply;
using fakes::TemporaryTree;

namespace {

const std::string web_uuid = "bbbbbbbb-0000-4000-8000-000000000001";
const std::string db_uuid = "aaaaaaaa-0000-4000-8000-000000000002";
const std::string net_uuid = "cccccccc-0000-4000-8000-000000000003";

/// As libvirt keeps it: its warning, then the document.
std::string kept(const std::string &document) {
    return "<!--\nWARNING: THIS IS AN AUTO-GENERATED FILE.\n-->\n\n" + document;
}

std::string domain_xml(const std::string &name, const std::string &uuid, const std::string &rest = "") {
    return "<domain type='kvm'>\n  <name>" + name + "</name>\n  <uuid>" + uuid + "</uuid>\n" + rest + "</domain>\n";
}

std::string network_xml(const std::string &mtu = "") {
    return "<network>\n  <name>default</name>\n  <uuid>" + net_uuid + "</uuid>\n  <bridge name='virbr0'/>\n" + mtu +
           "</network>\n";
}

struct Files {
    TemporaryTree tree;
    StoredDefinitions stored{tree.root()};

    void define(const std::string &name, const std::string &uuid) const {
        tree.add("etc/libvirt/qemu/" + name + ".xml", kept(domain_xml(name, uuid)));
    }
    void note_run(const std::string &name, const std::string &uuid, const std::string &rest = "") const {
        tree.add("run/libvirt/qemu/" + name + ".xml",
                 "<domstatus state='running' pid='7'>" + domain_xml(name, uuid, rest) + "</domstatus>\n");
    }
};

}  // namespace

TEST_CASE("a host without libvirt's files has no domains and no networks") {
    const Files files;
    CHECK(files.stored.domains().value().empty());
    CHECK(files.stored.networks().value().empty());
}

TEST_CASE("definitions are the domains, by UUID, off as long as nothing says that they run") {
    const Files files;
    files.define("web01", web_uuid);
    files.define("db01", db_uuid);
    const auto all = files.stored.domains().value();
    REQUIRE(all.size() == 2);
    CHECK(all[0] == DomainRecord{db_uuid, "db01", true, false, false, kept(domain_xml("db01", db_uuid)), ""});
    CHECK(all[1] == DomainRecord{web_uuid, "web01", true, false, false, kept(domain_xml("web01", web_uuid)), ""});
}

TEST_CASE("a domain that runs is known by its state, without secrets, also one without a definition") {
    const Files files;
    files.define("web01", web_uuid);
    files.note_run("web01", web_uuid, "<devices><graphics type='vnc' passwd='geheim'/></devices>");
    files.note_run("db01", db_uuid);
    const auto web = files.stored.domain(web_uuid).value();
    CHECK(web.persistent);
    CHECK(web.running);
    CHECK(web.live.find("<graphics") != std::string::npos);
    CHECK(web.live.find("geheim") == std::string::npos);
    CHECK(web.definition.find("<graphics") == std::string::npos);
    const auto transient = files.stored.domain(db_uuid).value();
    CHECK_FALSE(transient.persistent);
    CHECK(transient.running);
    CHECK(transient.definition.empty());
}

TEST_CASE("what is no definition is left out, as libvirt leaves it out") {
    const Files files;
    files.define("web01", web_uuid);
    files.tree.add("etc/libvirt/qemu/broken.xml", "<domain");
    files.tree.add("etc/libvirt/qemu/nameless.xml", "<domain><uuid>" + db_uuid + "</uuid></domain>");
    files.tree.add("etc/libvirt/qemu/without-uuid.xml", "<domain><name>x</name></domain>");
    files.tree.add("etc/libvirt/qemu/db01.xml.new", domain_xml("db01", db_uuid));
    files.tree.add("run/libvirt/qemu/broken.xml", "<domstatus>");
    files.tree.add("run/libvirt/qemu/other.xml", domain_xml("other", db_uuid));
    files.tree.add_folder("etc/libvirt/qemu/networks");
    files.tree.add("etc/libvirt/qemu/networks/broken.xml", "<network>");
    const auto all = files.stored.domains().value();
    REQUIRE(all.size() == 1);
    CHECK(all[0].name == "web01");
    CHECK(files.stored.networks().value().empty());
}

TEST_CASE("a file that cannot be read is an error, not a host without this domain") {
    const Files files;
    files.define("db01", db_uuid);
    files.tree.add_folder("etc/libvirt/qemu/web01.xml");
    const auto all = files.stored.domains();
    REQUIRE_FALSE(all.has_value());
    CHECK(all.error().what.find("web01.xml") != std::string::npos);
}

TEST_CASE("a domain is found by UUID and by name") {
    const Files files;
    files.define("web01", web_uuid);
    files.define(web_uuid, db_uuid);
    CHECK(files.stored.find("web01").value() == web_uuid);
    CHECK(files.stored.find(web_uuid).value() == web_uuid);
    CHECK(files.stored.find("nobody").error().kind == ErrorKind::not_found);
    CHECK(files.stored.domain(net_uuid).error().kind == ErrorKind::not_found);
}

TEST_CASE("networks: definition, autostart by the link, and what is active by its state") {
    const Files files;
    files.tree.add("etc/libvirt/qemu/networks/default.xml", kept(network_xml()));
    CHECK(files.stored.networks().value().at(0) ==
          NetworkRecord{net_uuid, "default", true, false, false, kept(network_xml()), ""});

    files.tree.add_folder("etc/libvirt/qemu/networks/autostart");
    std::filesystem::create_symlink("/etc/libvirt/qemu/networks/default.xml",
                                    files.tree.root().full("etc/libvirt/qemu/networks/autostart/default.xml"));
    files.tree.add("run/libvirt/network/default.xml",
                   "<networkstatus><floor sum='0'/>" + network_xml("<mtu size='9000'/>") + "</networkstatus>");
    const auto network = files.stored.networks().value().at(0);
    CHECK(network.autostart);
    CHECK(network.active);
    CHECK(network.persistent);
    CHECK(network.definition == kept(network_xml()));
    CHECK(network.live.find("<mtu size='9000'/>") != std::string::npos);
}

TEST_CASE("nothing is changed") {
    Files files;
    files.define("web01", web_uuid);
    const auto before = files.tree.contents();
    CHECK(files.stored.define(domain_xml("web01", web_uuid)).error().kind == ErrorKind::unsupported);
    CHECK(files.stored.define_network(network_xml()).error().kind == ErrorKind::unsupported);
    CHECK(files.stored.start(web_uuid).error().kind == ErrorKind::unsupported);
    CHECK(files.stored.shut_down(web_uuid, {}, Insist::no).error().kind == ErrorKind::unsupported);
    CHECK(files.stored.pin_vcpu(web_uuid, 0, CpuSet{}).error().kind == ErrorKind::unsupported);
    CHECK(files.stored.pin_emulator(web_uuid, CpuSet{}).error().kind == ErrorKind::unsupported);
    CHECK(files.tree.contents() == before);
}

}  // namespace stored_definitions_test
