#include <doctest/doctest.h>

#include <filesystem>

#include "daemon/apply/effects.hpp"
#include "tests/fakes/temporary_tree.hpp"
#include "tests/unit/apply/runs.hpp"

namespace host_effects_test {

using namespace kvmtune;
using namespace kvmtune::apply;
using fakes::TemporaryTree;
using plan::Observation;

namespace {

/// A host with a boot id, whose modprobe makes /sys/module/NAME.
struct Host {
    Host() {
        tree.add("proc/sys/kernel/random/boot_id", "b00t-1\n");
        tree.add("proc/sys/net/core/somaxconn", "4096\n");
        tree.add("proc/sys/net/ipv4/tcp_rmem", "4096\t131072\t6291456\n");
        tree.add_folder("sys/module/kvm");
    }

    TemporaryTree tree;
    std::vector<std::string> loaded;
    Result<> modprobe_says;
    HostEffects effects{tree.root(), [this](const std::string &name) {
                            loaded.push_back(name);
                            if (modprobe_says) tree.add_folder("sys/module/" + name);
                            return modprobe_says;
                        }};
};

}  // namespace

TEST_CASE("a sysctl is seen in canonical form, in the epoch of this boot") {
    Host host;
    CHECK(host.effects.look(sysctl("net.core.somaxconn")).value() == Observation{"4096", "b00t-1"});
    CHECK(host.effects.look(sysctl("net.ipv4.tcp_rmem")).value() == Observation{"4096 131072 6291456", "b00t-1"});
}

TEST_CASE("a module is loaded or absent, in the epoch of this boot") {
    Host host;
    CHECK(host.effects.look(module("kvm")).value() == Observation{"loaded", "b00t-1"});
    CHECK(host.effects.look(module("vhost_net")).value() == Observation{std::nullopt, "b00t-1"});
}

TEST_CASE("a file has its whole text or is absent, in all epochs") {
    Host host;
    host.tree.add("etc/x", "a\n\n");
    CHECK(host.effects.look(file("etc/x")).value() == Observation{"a\n\n", ""});
    CHECK(host.effects.look(file("etc/none")).value() == Observation{std::nullopt, ""});
    CHECK(host.effects.look(file("none/none")).value() == Observation{std::nullopt, ""});
}

TEST_CASE("a sysctl that the kernel does not have is not found, what is no name is refused") {
    Host host;
    CHECK(host.effects.look(sysctl("net.core.none")).error().kind == ErrorKind::not_found);
    CHECK(host.effects.put(sysctl("net.core.none"), "1").error().kind == ErrorKind::not_found);
    CHECK(host.effects.look(sysctl("net..core")).error().kind == ErrorKind::invalid);
}

TEST_CASE("a file that cannot be read is an error, not an absent one") {
    Host host;
    host.tree.add_folder("etc/folder");
    const auto seen = host.effects.look(file("etc/folder"));
    REQUIRE_FALSE(seen);
    CHECK(seen.error().kind != ErrorKind::not_found);
}

TEST_CASE("a sysctl is written as the kernel wants it") {
    Host host;
    REQUIRE(host.effects.put(sysctl("net.ipv4.tcp_rmem"), "4096 87380 16777216"));
    CHECK(host.tree.text("proc/sys/net/ipv4/tcp_rmem") == "4096 87380 16777216\n");
}

TEST_CASE("a file is put with the folders above it, and removed") {
    Host host;
    REQUIRE(host.effects.put(file("etc/modules-load.d/kvmtune.conf"), "vhost_net\n"));
    CHECK(host.tree.text("etc/modules-load.d/kvmtune.conf") == "vhost_net\n");
    CHECK(host.tree.mode("etc/modules-load.d/kvmtune.conf") == 0644);
    REQUIRE(host.effects.put(file("etc/modules-load.d/kvmtune.conf"), std::nullopt));
    CHECK_FALSE(host.tree.root().exists("etc/modules-load.d/kvmtune.conf"));
    REQUIRE(host.effects.put(file("top"), "x"));
    CHECK(host.tree.text("top") == "x");
}

TEST_CASE("a module is loaded by name, and a failure handed on") {
    Host host;
    REQUIRE(host.effects.put(module("vhost_net"), "loaded"));
    CHECK((host.loaded == std::vector<std::string>{"vhost_net"}));
    CHECK(host.effects.look(module("vhost_net"))->value == "loaded");
    host.modprobe_says = failure(ErrorKind::failed, "no such module");
    CHECK(host.effects.put(module("none"), "loaded").error().what == "no such module");
}

TEST_CASE("no module is unloaded and no sysctl removed") {
    Host host;
    CHECK(host.effects.put(module("kvm"), std::nullopt).error().kind == ErrorKind::unsupported);
    CHECK(host.effects.put(sysctl("net.core.somaxconn"), std::nullopt).error().kind == ErrorKind::unsupported);
    CHECK(host.loaded.empty());
    CHECK(host.tree.text("proc/sys/net/core/somaxconn") == "4096\n");
}

TEST_CASE("a target of a domain is no setting of the host") {
    Host host;
    const auto before = host.tree.contents();
    CHECK_FALSE(host.effects.look(affinity("uuid", "vcpu/0")));
    CHECK_FALSE(host.effects.put(affinity("uuid", "vcpu/0"), "0-1"));
    CHECK(host.tree.contents() == before);
}

TEST_CASE("modprobe that fails says which module it was") {
    const auto loaded = modprobe("kvmtune_no_such_module");
    REQUIRE_FALSE(loaded);
    CHECK((loaded.error().what.find("kvmtune_no_such_module") != std::string::npos ||
           loaded.error().kind == ErrorKind::not_found));
}

}  // namespace host_effects_test
