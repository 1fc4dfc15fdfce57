#include "daemon/apply/network_effects.hpp"

#include <doctest/doctest.h>

#include "tests/fakes/fake_hypervisor.hpp"
#include "tests/fakes/temporary_tree.hpp"
#include "tests/unit/apply/runs.hpp"

namespace network_effects_test {

using namespace kvmtune;
using namespace kvmtune::apply;
using fakes::FakeHypervisor;
using fakes::TemporaryTree;

namespace {

const std::string uuid = "aaaaaaaa-0000-4000-8000-000000000001";
const std::string plain =
    "<network>\n  <name>default</name>\n  <uuid>" + uuid + "</uuid>\n  <bridge name='virbr0'/>\n</network>\n";
const plan::Target target{plan::TargetKind::network, "", "default/mtu"};
const plan::Desired jumbo = wishes({{target, "9000"}});

struct Host {
    Host() { hypervisor.start_network(hypervisor.edit_network(plain)); }
    NetworkRecord network() const { return hypervisor.networks().value().at(0); }
    Journal journal() const { return Journal::open(tree.root(), "journal").value(); }

    FakeHypervisor hypervisor;
    TemporaryTree tree;
    NetworkEffects effects{hypervisor};
};

}  // namespace

TEST_CASE("a network's MTU is absent or a number, in the epoch of the network itself") {
    Host host;
    CHECK(host.effects.look(target).value() == plan::Observation{std::nullopt, uuid});
    REQUIRE(host.effects.put(target, "9000").has_value());
    CHECK(host.effects.look(target).value() == plan::Observation{"9000", uuid});
}

TEST_CASE("what is defined for a network that runs leaves it running as it is") {
    Host host;
    REQUIRE(host.effects.put(target, "9000").has_value());
    CHECK(host.network().active);
    CHECK(host.network().live == plain);
    CHECK(host.network().definition.find("<mtu size='9000'/>") != std::string::npos);
}

TEST_CASE("a definition that got an MTU is given back byte for byte") {
    Host host;
    Journal journal = host.journal();
    JournaledWorld world(journal, host.effects);
    CHECK(run(world, jumbo).report.complete());
    CHECK(planned(world, jumbo).empty());
    CHECK(run(world, {}).report.complete());
    CHECK(host.network().definition == plain);
    CHECK(world.holds().value().empty());
}

TEST_CASE("an MTU that the user changed since stays theirs") {
    Host host;
    Journal journal = host.journal();
    JournaledWorld world(journal, host.effects);
    REQUIRE(run(world, jumbo).report.complete());
    auto own = host.network().definition;
    own.replace(own.find("9000"), 4, "4000");
    host.hypervisor.edit_network(own);
    CHECK(run(world, {}).plan.changes.empty());
    CHECK(host.network().definition == own);
}

TEST_CASE("another network of the same name is not given the old one's MTU back") {
    Host host;
    Journal journal = host.journal();
    JournaledWorld world(journal, host.effects);
    REQUIRE(run(world, jumbo).report.complete());
    auto other = host.network().definition;
    other.replace(other.find("aaaaaaaa"), 8, "bbbbbbbb");
    host.hypervisor.edit_network(other);
    CHECK(run(world, {}).report.complete());
    CHECK(host.network().definition == other);
    CHECK(world.holds().value().empty());
}

TEST_CASE("a define that fails leaves network and holds as they were") {
    Host host;
    Journal journal = host.journal();
    JournaledWorld world(journal, host.effects);
    host.hypervisor.before_effect = [](const FakeHypervisor::Effect &) -> Result<> {
        return failure(ErrorKind::unsupported, "this network driver has no MTU");
    };
    const auto report = run(world, jumbo).report;
    REQUIRE(report.outcomes.size() == 1);
    CHECK(report.outcomes[0].status == Status::failed);
    CHECK(report.outcomes[0].why.find("has no MTU") != std::string::npos);
    CHECK(host.network().definition == plain);
    host.hypervisor.before_effect = nullptr;
    run(world, {});
    CHECK(world.holds().value().empty());
}

TEST_CASE("a network that is transient or unknown has no MTU to define") {
    Host host;
    host.hypervisor.undefine_network("default");
    CHECK(host.effects.look(target).error().kind == ErrorKind::not_found);
    CHECK(host.effects.look({plan::TargetKind::network, "", "none/mtu"}).error().kind == ErrorKind::not_found);
    CHECK(host.effects.put(target, "9000").error().kind == ErrorKind::not_found);
    CHECK(host.effects.look({plan::TargetKind::network, "", "default/bridge"}).error().kind == ErrorKind::invalid);
}

TEST_CASE("a value that is no MTU is refused") {
    Host host;
    for (const std::string value : {"", "big", "9000 ", "-1"}) {
        CAPTURE(value);
        CHECK(host.effects.put(target, value).error().kind == ErrorKind::invalid);
    }
}

}  // namespace network_effects_test
