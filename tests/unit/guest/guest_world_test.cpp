#include "daemon/guest/guest_world.hpp"

#include <doctest/doctest.h>

namespace guest_world_test {

using namespace kvmtune;

namespace {

const std::string boot = "11111111-2222-3333-4444-555555555555";
const std::string uuid = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";

protocol::View some_view() {
    protocol::View view;
    view.boot_id = boot;
    view.agent_version = "0.1.0";
    view.cpus = 4;
    view.memory = 1 << 30;
    view.sysctl_names = {"net.core.rmem_max", "net.core.wmem_max"};
    view.sysctls = {{"net.core.rmem_max", "212992"}};
    view.nics = {{"52:54:00:12:34:56", "eth0", 2, 4, 1500, 9000, 256, 1024, 128, 512, "no room"},
                 {"52:54:00:12:34:57", "eth1", {}, {}, 9000}};
    view.held = {{"nic/52:54:00:12:34:57/mtu", "1500"}};
    return view;
}

}  // namespace

TEST_CASE("facts have all that a view has") {
    const plan::GuestFacts facts = guest::facts_from(some_view());
    CHECK(facts.boot_id == boot);
    CHECK(facts.agent_version == "0.1.0");
    CHECK(facts.cpus == 4);
    CHECK(facts.memory == 1 << 30);
    CHECK(facts.sysctl_names.size() == 2);
    CHECK(facts.sysctls.at("net.core.rmem_max") == "212992");
    CHECK(facts.nics.at(0) ==
          plan::GuestNic{"52:54:00:12:34:56", "eth0", 2, 4, 1500, 9000, 256, 1024, 128, 512, "no room"});
    CHECK(facts.held == some_view().held);
    CHECK(facts.nics.at(1) == plan::GuestNic{"52:54:00:12:34:57", "eth1", {}, {}, 9000});
}

TEST_CASE("what the guest has is observed as knobs of its boot") {
    const plan::Observed observed = guest::observed_in(guest::facts_from(some_view()), uuid);
    const auto knob = [](const std::string &name) { return plan::Target{plan::TargetKind::knob, uuid, name}; };
    CHECK(observed == plan::Observed{{knob("sysctl/net.core.rmem_max"), {"212992", boot}},
                                     {knob("nic/52:54:00:12:34:56/channels"), {"2", boot}},
                                     {knob("nic/52:54:00:12:34:56/mtu"), {"1500", boot}},
                                     {knob("nic/52:54:00:12:34:56/rings/rx"), {"256", boot}},
                                     {knob("nic/52:54:00:12:34:56/rings/tx"), {"128", boot}},
                                     {knob("nic/52:54:00:12:34:57/mtu"), {"9000", boot}}});
}

}  // namespace guest_world_test
