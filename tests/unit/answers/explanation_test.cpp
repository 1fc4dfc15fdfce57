#include "daemon/answers/explanation.hpp"

#include <doctest/doctest.h>

namespace explanation_test {

using namespace kvmtune;
using answers::explanation_of;
using plan::Target;
using plan::TargetKind;

namespace {

const std::string uuid = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
const Target sysctl{TargetKind::sysctl, "", "net.core.somaxconn"};
const Target pin{TargetKind::element, uuid, "cputune/emulatorpin"};
const Target mtu{TargetKind::network, "", "default/mtu"};

/// A sysctl and a domain's pin that are wished for, before anything is changed.
pipeline::Planned planned() {
    pipeline::Planned planned;
    plan::DomainSituation domain;
    domain.facts.uuid = uuid;
    domain.facts.name = "web01";
    domain.policy.emplace();
    domain.policy->source = "k.toml:7";
    planned.picture.situation.domains = {domain};
    planned.desired.add({sysctl, "65535", "the profile raises it", plan::Disruption::live, {}, false});
    planned.desired.add({pin, "0-1", "emulator: next to its vCPUs", plan::Disruption::next_boot, {}, false});
    planned.observed = {{sysctl, {"4096", ""}}, {pin, {std::nullopt, ""}}};
    return planned;
}

void decide(pipeline::Planned &planned) {
    planned.plan = plan::diff(planned.desired, planned.observed, planned.picture.holds);
}

}  // namespace

TEST_CASE("a wish that is not there yet is to be changed, and the value is the system's") {
    auto world = planned();
    decide(world);
    const auto all = explanation_of(sysctl, world);
    CHECK(all.wanted == "65535");
    CHECK(all.because == "the profile raises it");
    CHECK(all.policy == "built-in defaults");
    CHECK(all.disruption == "live");
    CHECK(all.found == "4096");
    CHECK_FALSE(all.held);
    CHECK(all.owner == "the system");
    CHECK(all.state == "to be changed");
    const auto of_domain = explanation_of(pin, world);
    CHECK(of_domain.policy == "k.toml:7");
    CHECK(of_domain.owner == "the definition");
    CHECK(of_domain.disruption == "next-boot");
}

TEST_CASE("the policy line is that of the nearest key") {
    auto world = planned();
    auto &sources = world.picture.situation.policy.sources;
    sources["host.profile"] = "k.toml:2";
    CHECK(explanation_of(sysctl, world).policy == "k.toml:2");
    CHECK(explanation_of(mtu, world).policy == "k.toml:2");
    sources["host.sysctl.net.core.somaxconn"] = "k.toml:3";
    sources["network.default.mtu"] = "k.toml:5";
    CHECK(explanation_of(sysctl, world).policy == "k.toml:3");
    CHECK(explanation_of(mtu, world).policy == "k.toml:5");
}

TEST_CASE("what we gave is ours, with what was there before and all that we gave") {
    auto world = planned();
    world.picture.holds[sysctl] = {"", "4096", "65535", "65535", {"32768"}};
    world.observed[sysctl] = {"65535", ""};
    decide(world);
    const auto all = explanation_of(sysctl, world);
    CHECK(all.held);
    CHECK(all.before == "4096");
    CHECK(all.given == std::vector<std::string>{"65535", "32768"});
    CHECK(all.owner == "kvmtune");
    CHECK(all.state == "as desired");
}

TEST_CASE("what somebody changed after us is somebody else's, and a file that sets it at boot is named") {
    auto world = planned();
    world.picture.holds[sysctl] = {"", "4096", "65535", "65535", {}};
    world.observed[sysctl] = {"1024", ""};
    world.picture.situation.host.sysctl_lines = {{"etc/sysctl.d/99-web.conf", 3, sysctl.name, "1024"},
                                                 {"etc/sysctl.d/99-web.conf", 4, "vm.swappiness", "1"}};
    decide(world);
    const auto all = explanation_of(sysctl, world);
    CHECK(all.owner.starts_with("somebody else"));
    CHECK(all.state == "left alone");
    REQUIRE(all.remarks.size() == 2);
    CHECK(all.remarks[0].find("somebody changed it to \"1024\"") != std::string::npos);
    CHECK(all.remarks[1] == "/etc/sysctl.d/99-web.conf:3 sets it to 1024 at boot");
}

TEST_CASE("what is held and no longer wished for is to be given back, and what is neither is not wished for") {
    auto world = planned();
    world.desired = {};
    world.picture.holds[pin] = {"", std::nullopt, "0-1", "0-1", {}};
    world.observed[pin] = {"0-1", ""};
    decide(world);
    CHECK(explanation_of(pin, world).state == "to be given back");
    CHECK(explanation_of(pin, world).owner == "kvmtune");
    CHECK(explanation_of(sysctl, world).state == "not wished for");
    CHECK(answers::known_targets(world) == std::set<Target>{pin});
}

TEST_CASE("what cannot be looked at now is pending or cannot be seen") {
    auto world = planned();
    const Target knob{TargetKind::knob, uuid, "nic/52:54:00:00:00:01/channels"};
    world.desired.add({knob, "4", "as many as queues", plan::Disruption::link, {}, false});
    decide(world);
    const auto all = explanation_of(knob, world);
    CHECK_FALSE(all.observed);
    CHECK(all.state == "pending, waits for the guest's agent");
    CHECK(all.owner == "the guest");
}

}  // namespace explanation_test
