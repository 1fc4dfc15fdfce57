// The commands against libvirt's test driver, which lives inside one process, and a tree of files as the host.
#include <doctest/doctest.h>

#include "daemon/libvirt/load.hpp"
#include "tests/fakes/host_tree.hpp"
#include "tests/unit/cli/said.hpp"

namespace {

using namespace kvmtune;

constexpr const char *uri = "test:///default";

/// Its connection keeps the test driver's world alive between the commands.
struct Site {
    fakes::HostTree tree;
    std::unique_ptr<apply::Hypervisor> hypervisor = *libvirt::open_hypervisor(uri);

    cli::Said say(std::vector<std::string> arguments) const {
        const std::vector<std::string> common = {"--connect", uri,          "--root",
                                                 tree.path(), "--topology", fakes::HostTree::topology};
        arguments.insert(arguments.end(), common.begin(), common.end());
        return cli::said(arguments);
    }
    std::string definition(const std::string &name) const {
        return hypervisor->domain(*hypervisor->find(name))->definition;
    }
};

constexpr const char *guest = R"(<domain type='test'>
  <name>tuned</name>
  <memory unit='MiB'>512</memory>
  <vcpu>2</vcpu>
  <os><type>hvm</type></os>
</domain>)";

}  // namespace

TEST_CASE("plan, apply, verify and rollback of a domain in one process") {
    const Site site;
    REQUIRE(site.hypervisor->define(guest).has_value());
    const auto before = site.definition("tuned");
    CHECK(site.say({"plan", "tuned"}).status == cli::status::differs);
    CHECK(site.definition("tuned") == before);

    const auto applied = site.say({"apply", "tuned"});
    CHECK_MESSAGE(applied.status == cli::status::done, applied.out << applied.err);
    CHECK(site.definition("tuned").find("vcpupin") != std::string::npos);
    CHECK(site.say({"verify", "tuned"}).status == cli::status::done);
    CHECK(site.say({"apply", "tuned"}).out.starts_with("0 changes made"));
    CHECK(site.say({"status"}).out.find("tuned") != std::string::npos);
    CHECK(site.say({"plan", "tuned", "--json"}).out.find("\"as_desired\": true") != std::string::npos);

    const auto back = site.say({"rollback", "--all"});
    CHECK_MESSAGE(back.status == cli::status::done, back.out << back.err);
    CHECK(site.definition("tuned") == before);
    CHECK_FALSE(site.tree.has("var/lib/kvmtune/journal"));
}

TEST_CASE("an unknown domain is named in the error") {
    const Site site;
    const auto said = site.say({"plan", "nobody"});
    CHECK(said.status == cli::status::failed);
    CHECK(said.err.find("nobody") != std::string::npos);
}

TEST_CASE("this machine is not changed through another connection") {
    const auto said = cli::said({"apply", "--connect", uri});
    CHECK(said.status == cli::status::failed);
    CHECK(said.err.find("qemu:///system") != std::string::npos);
}
