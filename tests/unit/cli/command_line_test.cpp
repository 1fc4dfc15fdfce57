// The commands against libvirt's test driver, which lives inside one process, and a tree of files as the host.
#include <doctest/doctest.h>

#include <sstream>

#include "base/json.hpp"
#include "daemon/libvirt/load.hpp"
#include "tests/fakes/host_tree.hpp"
#include "tests/unit/cli/said.hpp"

namespace command_line_test {

namespace {

using namespace kvmtune;

constexpr const char *uri = "test:///default";

/// Its connection keeps the test driver's world alive between the commands.
struct Site {
    fakes::HostTree tree;
    std::unique_ptr<apply::Hypervisor> hypervisor = *libvirt::open_hypervisor(uri);

    std::vector<std::string> here(std::vector<std::string> arguments) const {
        const std::vector<std::string> common = {"--connect", uri,          "--root",
                                                 tree.path(), "--topology", fakes::HostTree::topology};
        arguments.insert(arguments.end(), common.begin(), common.end());
        return arguments;
    }
    cli::Said say(const std::vector<std::string> &arguments) const { return cli::said(here(arguments)); }
    std::string definition(const std::string &name) const {
        return hypervisor->domain(*hypervisor->find(name))->definition;
    }
};

constexpr const char *guest = R"(<domain type='kvm'>
  <name>tuned</name>
  <memory unit='MiB'>512</memory>
  <vcpu>2</vcpu>
  <os><type arch='x86_64'>hvm</type></os>
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

TEST_CASE("topology as a picture: of what is and of what is to be, without colors of the terminal") {
    const Site site;
    REQUIRE(site.hypervisor->define(guest).has_value());
    CHECK(site.say({"topology", "--svg"}).out.find(">vCPU 1<") == std::string::npos);
    REQUIRE(site.say({"apply", "tuned"}).status == cli::status::done);
    const auto now = site.say({"topology", "--svg"});
    CHECK(now.status == cli::status::done);
    CHECK(now.out.starts_with("<?xml "));
    CHECK(now.out.ends_with("</svg>\n"));
    CHECK(now.out.find(">Who sits on which CPU<") != std::string::npos);
    CHECK(now.out.find(">vCPU 1<") != std::string::npos);
    CHECK(site.say({"topology", "--plan", "--svg"}).out.find(">Who is to sit on which CPU<") != std::string::npos);
    CHECK(cli::said_on_screens(site.here({"topology", "--svg", "--color"})).out == now.out);
    const auto json = site.say({"topology", "--svg", "--json"});
    CHECK(json.status == cli::status::usage);
    CHECK(json.err == "kvmtune topology: --svg and --json exclude each other\n");
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

TEST_CASE("explain tells value, reason, policy line, original and owner of a target") {
    const Site site;
    site.tree.write("etc/kvmtune/kvmtune.toml",
                    "[host]\nprofile = \"network\"\nsysctl.\"net.core.somaxconn\" = 20000\n");
    const auto before = site.say({"explain", "net.core.somaxconn"});
    CHECK(before.status == cli::status::done);
    CHECK(before.out.find("wanted    20000") != std::string::npos);
    CHECK(before.out.find("kvmtune.toml:3") != std::string::npos);
    CHECK(before.out.find("found     4096") != std::string::npos);
    CHECK(before.out.find("owner     the system") != std::string::npos);
    CHECK(before.out.find("state     to be changed") != std::string::npos);
    CHECK(before.out.find("before us") == std::string::npos);

    REQUIRE(site.say({"apply", "--host-only"}).status == cli::status::done);
    const auto after = site.say({"explain", "sysctl:net.core.somaxconn"});
    CHECK(after.out.find("found     20000") != std::string::npos);
    CHECK(after.out.find("before us 4096") != std::string::npos);
    CHECK(after.out.find("owner     kvmtune") != std::string::npos);
    CHECK(after.out.find("state     as desired") != std::string::npos);

    site.tree.write("proc/sys/net/core/somaxconn", "777\n");
    const auto foreign = site.say({"explain", "net.core.somaxconn"});
    CHECK(foreign.out.find("found     777") != std::string::npos);
    CHECK(foreign.out.find("owner     somebody else") != std::string::npos);
    CHECK(foreign.out.find("state     left alone") != std::string::npos);
}

TEST_CASE("explain of a target that no rule cares for says so, and of none at all fails") {
    const Site site;
    site.tree.write("proc/sys/vm/swappiness", "60\n");
    const auto said = site.say({"explain", "vm.swappiness"});
    CHECK(said.status == cli::status::done);
    CHECK(said.out.find("found     60") != std::string::npos);
    CHECK(said.out.find("state     not wished for") != std::string::npos);
    const auto none = site.say({"explain", "nobody"});
    CHECK(none.status == cli::status::failed);
    CHECK(none.out.empty());
    CHECK(none.err.find("nobody") != std::string::npos);
}

TEST_CASE("explain of a domain has all its targets, and of one of them only that") {
    const Site site;
    REQUIRE(site.hypervisor->define(guest).has_value());
    const auto all = site.say({"explain", "tuned"});
    CHECK(all.status == cli::status::done);
    CHECK(all.out.find("cputune/vcpupin/0") != std::string::npos);
    CHECK(all.out.find("cputune/vcpupin/1") != std::string::npos);
    CHECK(all.out.find("built-in defaults") != std::string::npos);
    const auto one = site.say({"explain", "element:tuned:cputune/vcpupin/1"});
    CHECK(one.status == cli::status::done);
    CHECK(one.out.find("cputune/vcpupin/1") != std::string::npos);
    CHECK(one.out.find("cputune/vcpupin/0") == std::string::npos);
}

TEST_CASE("facts shows host and domains, and of named domains only those") {
    const Site site;
    REQUIRE(site.hypervisor->define(guest).has_value());
    const auto all = site.say({"facts"});
    CHECK(all.status == cli::status::done);
    CHECK(all.out.starts_with("host:\n  kernel: 6.1.0\n"));
    CHECK(all.out.find("name: test\n") != std::string::npos);
    CHECK(all.out.find("name: tuned\n") != std::string::npos);
    const auto one = site.say({"facts", "tuned"});
    CHECK(one.out.find("name: tuned\n") != std::string::npos);
    CHECK(one.out.find("name: test\n") == std::string::npos);

    const auto json = parse_json(site.say({"facts", "tuned", "--json"}).out);
    REQUIRE(json.has_value());
    CHECK(*json->find("command")->text() == "facts");
    CHECK(*json->find("host")->find("sysctls")->find("net.core.somaxconn")->text() == "4096");
    REQUIRE(json->find("domains")->array()->size() == 1);
    CHECK(*json->find("domains")->array()->front().find("vcpus")->integer() == 2);
}

TEST_CASE("a captured host has the same facts elsewhere, of what is held too") {
    const Site site;
    REQUIRE(site.hypervisor->define(guest).has_value());
    const auto before = site.say({"facts", "tuned"}).out;
    REQUIRE(site.say({"apply", "tuned"}).status == cli::status::done);
    const fakes::HostTree around;
    const auto folder = around.path() + "/captured";
    CHECK(site.say({"facts", "tuned", "--capture", folder}).out == before);
    CHECK(site.say({"facts", "--capture", folder}).err.find("it is not empty") != std::string::npos);

    const auto captured =
        cli::said({"facts", "tuned", "--connect", uri, "--root", folder, "--topology", folder + "/topology.xml"});
    CHECK_MESSAGE(captured.status == cli::status::done, captured.err);
    CHECK(captured.out == before);
    CHECK(around.read("captured/proc/sys/net/core/somaxconn") == "65535\n");
    CHECK(site.say({"rollback", "--all"}).status == cli::status::done);
}

TEST_CASE("facts are as they would be without us") {
    const Site site;
    REQUIRE(site.hypervisor->define(guest).has_value());
    const auto before = site.say({"facts", "tuned"}).out;
    REQUIRE(site.say({"apply", "tuned"}).status == cli::status::done);
    REQUIRE(site.definition("tuned").find("vcpupin") != std::string::npos);
    CHECK(site.say({"facts", "tuned"}).out == before);
}

TEST_CASE("every command's JSON says which command it is of") {
    const Site site;
    REQUIRE(site.hypervisor->define(guest).has_value());
    const auto command_in = [&](const std::vector<std::string> &arguments) {
        const auto json = parse_json(site.say(arguments).out);
        return json && json->find("command") != nullptr ? *json->find("command")->text() : "none";
    };
    CHECK(command_in({"plan", "tuned", "--json"}) == "plan");
    CHECK(command_in({"apply", "tuned", "--dry-run", "--json"}) == "plan");
    CHECK(site.definition("tuned").find("vcpupin") == std::string::npos);
    CHECK(command_in({"apply", "tuned", "--json"}) == "apply");
    CHECK(command_in({"verify", "tuned", "--json"}) == "verify");
    CHECK(command_in({"status", "--json"}) == "status");
    CHECK(command_in({"explain", "tuned", "--json"}) == "explain");
    CHECK(command_in({"rollback", "--all", "--dry-run", "--json"}) == "plan");
    CHECK(site.definition("tuned").find("vcpupin") != std::string::npos);
    CHECK(command_in({"rollback", "--all", "--json"}) == "rollback");
}

TEST_CASE("a dry run of rollback shows what would come back") {
    const Site site;
    REQUIRE(site.hypervisor->define(guest).has_value());
    REQUIRE(site.say({"apply", "tuned"}).status == cli::status::done);
    const auto said = site.say({"rollback", "tuned", "--dry-run"});
    CHECK(said.status == cli::status::differs);
    CHECK(said.out.find("given back") != std::string::npos);
    CHECK(said.out.find("-  <cputune>") != std::string::npos);
}

TEST_CASE("a policy with ten mistakes: ten messages in order, and nothing is changed") {
    const Site site;
    REQUIRE(site.hypervisor->define(guest).has_value());
    const auto before = site.definition("tuned");
    site.tree.write("etc/kvmtune/kvmtune.toml",
                    "[host]\nprofile = 'fast'\npersist = 1\nmodules = 'x'\n"
                    "[host.hugepages]\npool = 'all'\npage_size = '4KiB'\n"
                    "[network.default]\nmtu = 99\n"
                    "[[domain]]\nmatch = ['tuned']\nqueues = 0\nnumatune = 'best'\ncpu = 'fast'\nsysctl.'a.b' = 1\n");
    const auto said = site.say({"apply", "tuned"});
    CHECK(said.status == cli::status::usage);
    CHECK(said.out.empty());
    const std::vector<unsigned> lines = {2, 3, 4, 6, 7, 9, 12, 13, 14, 15};
    std::istringstream messages(said.err);
    std::string message;
    for (const auto line : lines) {
        REQUIRE(std::getline(messages, message));
        CHECK(message.find("kvmtune.toml:" + std::to_string(line) + ":") != std::string::npos);
    }
    CHECK_FALSE(std::getline(messages, message));
    CHECK(site.definition("tuned") == before);
    CHECK(site.tree.read("proc/sys/net/core/somaxconn") == "4096\n");
    CHECK_FALSE(site.tree.has("var/lib/kvmtune/journal"));
}

TEST_CASE("a screen sees what is being done, and a file does not") {
    const Site site;
    REQUIRE(site.hypervisor->define(guest).has_value());
    CHECK(site.say({"apply", "tuned"}).err.find('\r') == std::string::npos);
    CHECK(cli::said_on_screens(site.here({"rollback", "--all", "-q"})).err.find('\r') == std::string::npos);
    const auto said = cli::said_on_screens(site.here({"apply", "tuned"}));
    CHECK(said.err.find("\r\033[Kchanging tuned") != std::string::npos);
    CHECK(said.err.find("\r\033[Kchanging sysctl:net.core.somaxconn") != std::string::npos);
    CHECK(said.out.find('\r') == std::string::npos);
    REQUIRE(said.err.rfind("\r\033[K") != std::string::npos);
    CHECK(said.err.substr(said.err.rfind("\r\033[K") + 4).starts_with("kvmtune: "));
}

TEST_CASE("a screen sees which guest is being restarted") {
    const Site site;
    REQUIRE(site.hypervisor->define(guest).has_value());
    REQUIRE(site.hypervisor->start(*site.hypervisor->find("tuned")).has_value());
    const auto said = cli::said_on_screens(site.here({"apply", "tuned", "--restart", "--agent-timeout", "0"}));
    const auto stops = said.err.find("\r\033[Kwaiting for tuned to shut down");
    const auto starts = said.err.find("\r\033[Kstarting tuned");
    CHECK(stops != std::string::npos);
    CHECK(starts != std::string::npos);
    CHECK(said.err.find("\r\033[Kchanging tuned") < stops);
    CHECK(stops < starts);
}

TEST_CASE("a screen has colors, unless they are switched off") {
    const Site site;
    REQUIRE(site.hypervisor->define(guest).has_value());
    const auto plain = site.say({"plan", "tuned"}).out;
    CHECK(plain.find('\033') == std::string::npos);
    CHECK(cli::said_on_screens(site.here({"plan", "tuned", "--no-color"})).out == plain);
    auto colored = cli::said_on_screens(site.here({"plan", "tuned"})).out;
    CHECK(colored.find("\033[1mtuned\033[0m") != std::string::npos);
    CHECK(colored.find("\033[32m+") != std::string::npos);
    for (auto at = colored.find("\033["); at != std::string::npos; at = colored.find("\033["))
        colored.erase(at, colored.find('m', at) + 1 - at);
    CHECK(colored == plain);
}

}  // namespace command_line_test
