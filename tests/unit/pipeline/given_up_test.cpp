#include "daemon/pipeline/given_up.hpp"

#include <doctest/doctest.h>

namespace given_up_test {

using namespace kvmtune;
using pipeline::leave_to_others;
using plan::Target;

namespace {

const Target emulator = {plan::TargetKind::affinity, "a", "emulator"};
const Target worker = {plan::TargetKind::affinity, "a", "vhost/52:54:00:00:00:01/0"};
const Target vcpu = {plan::TargetKind::affinity, "a", "vcpu/0"};

plan::Plan three_changes() {
    const auto change = [](const Target &target, const std::string &to, std::vector<Target> needed) {
        return plan::Change{target, "0", to, "thread 1", false, "a rule", plan::Disruption::live, std::move(needed)};
    };
    plan::Plan plan;
    plan.changes = {change(emulator, "0,4", {}), change(worker, "4", {emulator}), change(vcpu, "2", {})};
    return plan;
}

}  // namespace

TEST_CASE("what others keep changing back is theirs, and what needs it waits with it") {
    auto plan = three_changes();
    leave_to_others(plan, {{emulator, {"thread 1", "0,4"}}});
    REQUIRE(plan.changes.size() == 1);
    CHECK(plan.changes[0].target == vcpu);
    CHECK((plan.yielded == std::vector<Target>{emulator, worker}));
    REQUIRE(plan.findings.size() == 2);
    CHECK(plan.findings[1].what == "left alone: it needs affinity:a:emulator, which is left alone");
}

TEST_CASE("what fails again and again waits, with all that is done together with it") {
    auto plan = three_changes();
    for (auto *change : {&plan.changes[0], &plan.changes[2]}) change->unit = "the MTU of network default";
    leave_to_others(plan, {{emulator, {"thread 1", "0,4", true}}});
    CHECK(plan.changes.empty());
    CHECK((plan.yielded == std::vector<Target>{emulator, worker, vcpu}));
    REQUIRE(plan.findings.size() == 3);
    CHECK(plan.findings[0].what.starts_with("it fails whenever it is tried: left alone for up to an hour"));
    CHECK(plan.findings[2].what == "left alone with all of the MTU of network default, of which a part fails");
}

TEST_CASE("another value, and another thing of that name, are given") {
    for (const auto &given_up : {pipeline::GivenUp{"thread 1", "0-4"}, pipeline::GivenUp{"thread 2", "0,4"}}) {
        auto plan = three_changes();
        leave_to_others(plan, {{emulator, given_up}});
        CHECK(plan.changes.size() == 3);
        CHECK(plan.yielded.empty());
    }
}

}  // namespace given_up_test
