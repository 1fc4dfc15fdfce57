#include "daemon/apply/link_effects.hpp"

#include <doctest/doctest.h>

#include "daemon/facts/links.hpp"
#include "tests/fakes/temporary_tree.hpp"
#include "tests/unit/apply/runs.hpp"

namespace link_effects_test {

using namespace kvmtune;
using namespace kvmtune::apply;
using fakes::TemporaryTree;

namespace {

struct Host {
    Host() {
        tree.add("proc/sys/kernel/random/boot_id", "b00t-1\n");
        plug_in(7);
    }
    /// A new tap of this name.
    void plug_in(unsigned index) const {
        tree.add("sys/class/net/vnet0/ifindex", std::to_string(index) + "\n");
        tree.add("sys/class/net/vnet0/mtu", "1500\n");
    }
    std::string mtu() const { return tree.text("sys/class/net/vnet0/mtu").substr(0, 4); }
    Journal journal() const { return Journal::open(tree.root(), "journal").value(); }

    TemporaryTree tree;
    LinkEffects effects{tree.root()};
};

plan::Target link(const std::string &name) {
    return {plan::TargetKind::link, "", name};
}

const plan::Desired jumbo = wishes({{link("vnet0/mtu"), "9000"}});

}  // namespace

TEST_CASE("a link's MTU is seen in the epoch of this link in this boot") {
    Host host;
    CHECK(host.effects.look(link("vnet0/mtu")).value() == plan::Observation{"1500", facts::link_epoch("b00t-1", 7)});
    CHECK(host.effects.look(link("vnet1/mtu")).error().kind == ErrorKind::not_found);
}

TEST_CASE("names that are no MTU of a link are refused") {
    Host host;
    for (const std::string name : {"vnet0", "vnet0/queue", "../mtu", "a/b/mtu", "/mtu"}) {
        CAPTURE(name);
        CHECK(host.effects.look(link(name)).error().kind == ErrorKind::invalid);
        CHECK(host.effects.put(link(name), "9000").error().kind == ErrorKind::invalid);
    }
    CHECK(host.effects.put(link("vnet0/mtu"), std::nullopt).error().kind == ErrorKind::unsupported);
}

TEST_CASE("a link's MTU is given and given back") {
    Host host;
    Journal journal = host.journal();
    JournaledWorld world(journal, host.effects);
    CHECK(run(world, jumbo).report.complete());
    CHECK(host.mtu() == "9000");
    CHECK(planned(world, jumbo).empty());
    CHECK(run(world, {}).report.complete());
    CHECK(host.mtu() == "1500");
    CHECK(world.holds().value().empty());
}

TEST_CASE("a tap of the same name that came later is not given the old one's MTU") {
    Host host;
    Journal journal = host.journal();
    JournaledWorld world(journal, host.effects);
    REQUIRE(run(world, jumbo).report.complete());
    host.plug_in(8);
    host.tree.add("sys/class/net/vnet0/mtu", "9000\n");
    CHECK(run(world, {}).report.complete());
    CHECK(host.mtu() == "9000");
    CHECK(world.holds().value().empty());
}

TEST_CASE("a hold on a tap that is gone is dropped") {
    Host host;
    Journal journal = host.journal();
    JournaledWorld world(journal, host.effects);
    REQUIRE(run(world, jumbo).report.complete());
    REQUIRE(host.tree.root().remove("sys/class/net/vnet0/mtu").has_value());
    CHECK(run(world, {}).report.complete());
    CHECK(world.holds().value().empty());
}

}  // namespace link_effects_test
