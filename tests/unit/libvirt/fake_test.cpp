// What the fake can do beyond the contract: the world's own side, and the functions that a test gives it.
#include <doctest/doctest.h>

#include "tests/fakes/fake_hypervisor.hpp"

namespace fake_test {

using namespace kvmtune;
using namespace std::chrono_literals;
using apply::Insist;
using fakes::FakeHypervisor;

namespace {

const std::string web = "<domain><name>web01</name><vcpu>4</vcpu></domain>";

std::string replaced(std::string text, const std::string &from, const std::string &to) {
    return text.replace(text.find(from), from.size(), to);
}

}  // namespace

TEST_CASE("a document without UUID gets one of its own") {
    FakeHypervisor world;
    const auto one = world.edit(web);
    const auto two = world.edit(replaced(web, "web01", "web02"));
    CHECK(one != two);
    CHECK(world.domain(one).value().definition.find("<uuid>" + one + "</uuid>") != std::string::npos);
    CHECK(world.find("web02").value() == two);
}

TEST_CASE("what is defined is what normalise makes of it, and comes back from define") {
    FakeHypervisor world;
    world.normalise = [](const std::string &xml) { return replaced(xml, "<vcpu>4", "<vcpu placement='static'>4"); };
    const auto defined = world.define(web).value();
    CHECK(defined.find("<vcpu placement='static'>4</vcpu>") != std::string::npos);
    CHECK(world.domains().value().at(0).definition == defined);
}

TEST_CASE("a network is started, stopped and undefined by another tool") {
    FakeHypervisor world;
    const auto name = world.edit_network("<network><name>default</name><bridge name='virbr0'/></network>");
    world.start_network(name);
    CHECK(world.networks().value().at(0).live == world.networks().value().at(0).definition);
    world.undefine_network(name);
    CHECK_FALSE(world.networks().value().at(0).persistent);
    CHECK(world.networks().value().at(0).active);
    world.stop_network(name);
    CHECK(world.networks().value().empty());
}

TEST_CASE("a network that runs keeps what it runs with when it is defined anew") {
    FakeHypervisor world;
    world.start_network(world.edit_network("<network><name>default</name></network>"));
    const auto before = world.networks().value().at(0);
    auto wide = before.definition;
    wide.insert(wide.find("</network>"), "<mtu size='9000'/>");
    CHECK(world.define_network(wide).value() == wide);
    const auto after = world.networks().value().at(0);
    CHECK(after.definition == wide);
    CHECK(after.live == before.live);
}

TEST_CASE("a network's define that fails beforehand does not happen") {
    FakeHypervisor world;
    world.edit_network("<network><name>default</name></network>");
    const auto before = world.networks().value();
    world.before_effect = [](const FakeHypervisor::Effect &effect) -> Result<> {
        return failure(ErrorKind::failed, effect.verb);
    };
    CHECK(world.define_network(before.at(0).definition).error().what == "define network");
    CHECK(world.networks().value() == before);
}

TEST_CASE("a document that validate refuses is not defined") {
    FakeHypervisor world;
    world.validate = [](const std::string &) -> Result<> { return failure(ErrorKind::unsupported, "no io=native"); };
    CHECK(world.define(web).error() == Error{ErrorKind::unsupported, "no io=native"});
    CHECK(world.domains().value().empty());
    CHECK(world.defines() == 0);
}

TEST_CASE("a change that fails beforehand does not happen") {
    FakeHypervisor world;
    const auto uuid = world.edit(web);
    std::vector<std::string> verbs;
    world.before_effect = [&](const FakeHypervisor::Effect &effect) -> Result<> {
        verbs.push_back(effect.verb + " " + effect.uuid);
        return failure(ErrorKind::failed, "power cut");
    };
    CHECK(world.start(uuid).error().what == "power cut");
    CHECK(world.define(web).error().what == "power cut");
    CHECK(verbs == std::vector<std::string>{"start " + uuid, "define "});
    CHECK_FALSE(world.domain(uuid).value().running);
}

TEST_CASE("somebody else edits between a read and a define") {
    FakeHypervisor world;
    const auto uuid = world.edit(web);
    const auto read = world.domain(uuid).value().definition;
    const auto theirs = replaced(read, "<vcpu>4", "<vcpu>6");
    world.before_read = [&](const std::string &) { world.edit(theirs); };
    CHECK(world.domain(uuid).value().definition == theirs);
}

TEST_CASE("somebody else undefines a domain just before it is started") {
    FakeHypervisor world;
    const auto uuid = world.edit(web);
    world.before_effect = [&](const FakeHypervisor::Effect &) -> Result<> {
        world.undefine(uuid);
        return {};
    };
    CHECK(world.start(uuid).error().kind == ErrorKind::not_found);
}

TEST_CASE("a deaf guest runs on unless it is destroyed") {
    FakeHypervisor world;
    const auto uuid = world.edit(web);
    world.power_on(uuid);
    world.deaf = {uuid};
    CHECK(world.shut_down(uuid, 60s, Insist::no).error().kind == ErrorKind::timed_out);
    CHECK(world.domain(uuid).value().running);
    CHECK(world.shut_down(uuid, 60s, Insist::destroy).has_value());
    CHECK_FALSE(world.domain(uuid).value().running);
}

TEST_CASE("a saved image brings back its own document, once") {
    FakeHypervisor world;
    const auto uuid = world.edit(web);
    world.power_on(uuid);
    const auto old = world.domain(uuid).value().live;
    world.save(uuid);
    world.edit(replaced(old, "<vcpu>4", "<vcpu>6"));
    CHECK(world.domain(uuid).value().saved_image);
    REQUIRE(world.start(uuid).has_value());
    CHECK(world.domain(uuid).value().live == old);
    CHECK_FALSE(world.domain(uuid).value().saved_image);
}

TEST_CASE("a transient domain has no definition, is not shut down and ends with its run") {
    FakeHypervisor world;
    const auto uuid = world.add_transient(web);
    const auto record = world.domain(uuid).value();
    CHECK_FALSE(record.persistent);
    CHECK(record.running);
    CHECK(world.shut_down(uuid, 1s, Insist::destroy).error().kind == ErrorKind::unsupported);
    world.power_off(uuid);
    CHECK(world.domain(uuid).error().kind == ErrorKind::not_found);
}

TEST_CASE("a running domain that is undefined is transient") {
    FakeHypervisor world;
    const auto uuid = world.edit(web);
    world.power_on(uuid);
    world.undefine(uuid);
    CHECK_FALSE(world.domain(uuid).value().persistent);
    world.power_off(uuid);
    CHECK(world.domains().value().empty());
}

TEST_CASE("pins are kept by thread and end with the run") {
    FakeHypervisor world;
    const auto uuid = world.edit(web);
    world.power_on(uuid);
    REQUIRE(world.pin_vcpu(uuid, 3, {4, 5}).has_value());
    REQUIRE(world.pin_emulator(uuid, {0}).has_value());
    CHECK(world.pin_iothread(uuid, 1, {0}).error().kind == ErrorKind::invalid);
    CHECK(world.pins(uuid) == FakeHypervisor::Pins{{"emulator", {0}}, {"vcpu/3", {4, 5}}});
    world.power_off(uuid);
    CHECK(world.pins(uuid).empty());
}

}  // namespace fake_test
