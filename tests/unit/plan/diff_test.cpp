// The table of daemon/plan/diff.cpp, cell by cell, and what its edges do.
#include <doctest/doctest.h>

#include "daemon/plan/plan.hpp"

namespace diff_test {

using namespace kvmtune::plan;
using kvmtune::CpuSet;

namespace {

const std::string uuid = "6f1d9a3e-1111-4222-8333-944455556666";
const Target somaxconn = {TargetKind::sysctl, "", "net.core.somaxconn"};
const Target module = {TargetKind::module, "", "vhost_net"};
const Target file = {TargetKind::file, "", "etc/sysctl.d/60-kvmtune.conf"};
const Target vcpu = {TargetKind::affinity, uuid, "vcpu/0"};
const Target knob = {TargetKind::knob, uuid, "sysctl/net.core.rmem_max"};
const Target pin = {TargetKind::element, uuid, "cputune/vcpupin/0"};

Desired wished(const Target &target, const std::string &value) {
    Desired desired;
    desired.add({target, value, "a rule", Disruption::link, {}, false});
    return desired;
}

Observed seen(const Target &target, const Value &value) {
    return {{target, {value, "boot 1"}}};
}

/// Held since boot 1: "4096" before us, "65535" asked and granted.
Hold usual() {
    return {"boot 1", "4096", "65535", "65535", {}};
}

/// As a crash between hold and record leaves it.
Hold cut_off() {
    return {"boot 1", "4096", "65535", std::nullopt, {}};
}

Holds held(const Target &target, const Hold &hold) {
    return {{target, hold}};
}

bool changes_nothing(const Plan &plan) {
    return plan.empty() && plan.void_holds.empty() && plan.yielded.empty();
}

void check_left_alone(const Plan &plan, const Target &target, const std::string &what) {
    CHECK(plan.empty());
    CHECK((plan.yielded == std::vector<Target>{target}));
    REQUIRE(plan.findings.size() == 1);
    CHECK(plan.findings[0].about == text_of(target));
    CHECK(plan.findings[0].what == what);
}

void check_one_change(const Plan &plan, const Change &change) {
    REQUIRE(plan.changes.size() == 1);
    CHECK((plan.changes[0] == change));
    CHECK(plan.pending.empty());
    CHECK(plan.void_holds.empty());
    CHECK(plan.yielded.empty());
    CHECK(plan.findings.empty());
}

}  // namespace

TEST_CASE("wished and not held: changed if it differs") {
    check_one_change(diff(wished(somaxconn, "65535"), seen(somaxconn, "4096"), {}),
                     {somaxconn, "4096", "65535", "boot 1", false, "a rule", Disruption::link, {}});
    CHECK(changes_nothing(diff(wished(somaxconn, "65535"), seen(somaxconn, "65535\n"), {})));
}

TEST_CASE("neither wished nor held: nothing of ours") {
    CHECK(changes_nothing(diff({}, seen(somaxconn, "4096"), {})));
}

TEST_CASE("wished and held with our value: nothing, or the new wish") {
    CHECK(changes_nothing(diff(wished(somaxconn, "65535"), seen(somaxconn, "65535"), held(somaxconn, usual()))));
    check_one_change(diff(wished(somaxconn, "1024"), seen(somaxconn, "65535"), held(somaxconn, usual())),
                     {somaxconn, "65535", "1024", "boot 1", false, "a rule", Disruption::link, {}});
}

TEST_CASE("unwished and held with our value: given back") {
    check_one_change(diff({}, seen(somaxconn, "65535"), held(somaxconn, usual())),
                     {somaxconn, "65535", "4096", "boot 1", true, "given back", Disruption::live, {}});
}

TEST_CASE("unwished and held, but the original is there: the hold is dropped") {
    for (const auto &hold : {usual(), cut_off()}) {
        const auto plan = diff({}, seen(somaxconn, "4096"), held(somaxconn, hold));
        CHECK(plan.empty());
        CHECK((plan.void_holds == std::vector<Target>{somaxconn}));
        CHECK(plan.findings.empty());
    }
}

TEST_CASE("held, and neither original nor ours: left alone and reported; unwished, the hold is dropped") {
    const std::string what =
        "left alone: somebody changed it to \"777\" since we gave it \"65535\" (it was \"4096\" before)";
    for (const auto &desired : {wished(somaxconn, "65535"), wished(somaxconn, "1024")}) {
        const auto plan = diff(desired, seen(somaxconn, "777"), held(somaxconn, usual()));
        check_left_alone(plan, somaxconn, what);
        CHECK(plan.void_holds.empty());
    }
    const auto unwished = diff({}, seen(somaxconn, "777"), held(somaxconn, usual()));
    check_left_alone(unwished, somaxconn, what);
    CHECK((unwished.void_holds == std::vector<Target>{somaxconn}));
}

TEST_CASE("a wish for just what somebody else wrote changes nothing either") {
    const auto plan = diff(wished(somaxconn, "777"), seen(somaxconn, "777"), held(somaxconn, usual()));
    CHECK(plan.empty());
    CHECK((plan.yielded == std::vector<Target>{somaxconn}));
}

TEST_CASE("wished and held, original again: a crash is made good, a person's decision is kept") {
    check_one_change(diff(wished(somaxconn, "65535"), seen(somaxconn, "4096"), held(somaxconn, cut_off())),
                     {somaxconn, "4096", "65535", "boot 1", false, "a rule", Disruption::link, {}});
    check_left_alone(diff(wished(somaxconn, "65535"), seen(somaxconn, "4096"), held(somaxconn, usual())), somaxconn,
                     "left alone: somebody changed it to \"4096\" since we gave it \"65535\" (it was \"4096\" before)");
}

TEST_CASE("after a crash between effect and record the value is still ours") {
    CHECK(changes_nothing(diff(wished(somaxconn, "65535"), seen(somaxconn, "65535"), held(somaxconn, cut_off()))));
    const auto plan = diff({}, seen(somaxconn, "65535"), held(somaxconn, cut_off()));
    REQUIRE(plan.changes.size() == 1);
    CHECK(plan.changes[0].to == "4096");
}

TEST_CASE("a value that the kernel rounded is as good as what was asked") {
    const Hold rounded = {"boot 1", "4096", "65535", "65536", {}};
    CHECK(changes_nothing(diff(wished(somaxconn, "65535"), seen(somaxconn, "65536"), held(somaxconn, rounded))));
    const auto other = diff(wished(somaxconn, "1000"), seen(somaxconn, "65536"), held(somaxconn, rounded));
    REQUIRE(other.changes.size() == 1);
    CHECK(other.changes[0].to == "1000");
    const auto back = diff({}, seen(somaxconn, "65536"), held(somaxconn, rounded));
    REQUIRE(back.changes.size() == 1);
    CHECK(back.changes[0].to == "4096");
}

TEST_CASE("a value that the kernel refused to change is not asked for again and again") {
    const Hold kept = {"boot 1", "4096", "65535", "4096", {}};
    CHECK(changes_nothing(diff(wished(somaxconn, "65535"), seen(somaxconn, "4096"), held(somaxconn, kept))));
}

TEST_CASE("a value that was ours before is still ours") {
    const Hold moved = {"boot 1", "4096", "65535", std::nullopt, {"1024", "2048"}};
    for (const auto *value : {"1024", "2048"}) {
        const auto plan = diff({}, seen(somaxconn, value), held(somaxconn, moved));
        REQUIRE(plan.changes.size() == 1);
        CHECK(plan.changes[0].to == "4096");
    }
}

TEST_CASE("a wish that became the original keeps its hold and changes back") {
    const auto plan = diff(wished(somaxconn, "4096"), seen(somaxconn, "65535"), held(somaxconn, usual()));
    REQUIRE(plan.changes.size() == 1);
    CHECK(plan.changes[0].to == "4096");
    CHECK_FALSE(plan.changes[0].gives_back);
    const Hold asked = {"boot 1", "4096", "4096", "4096", {"65535"}};
    CHECK(changes_nothing(diff(wished(somaxconn, "4096"), seen(somaxconn, "4096"), held(somaxconn, asked))));
}

TEST_CASE("a hold of another epoch is void and never written back") {
    auto old = usual();
    old.epoch = "boot 0";
    const auto unwished = diff({}, seen(somaxconn, "65535"), held(somaxconn, old));
    CHECK(unwished.changes.empty());
    CHECK((unwished.void_holds == std::vector<Target>{somaxconn}));
    const auto again = diff(wished(somaxconn, "65535"), seen(somaxconn, "777"), held(somaxconn, old));
    CHECK((again.void_holds == std::vector<Target>{somaxconn}));
    CHECK(again.yielded.empty());
    REQUIRE(again.changes.size() == 1);
    CHECK(again.changes[0].from == "777");
}

TEST_CASE("a hold for good outlives the boot, also when it is given back") {
    auto persisted = usual();
    persisted.epoch.clear();
    const auto plan = diff({}, seen(somaxconn, "65535"), held(somaxconn, persisted));
    CHECK(plan.void_holds.empty());
    REQUIRE(plan.changes.size() == 1);
    CHECK(plan.changes[0].to == "4096");
    CHECK(plan.changes[0].epoch.empty());
}

TEST_CASE("a change that survives the boot is planned without an epoch") {
    Desired desired;
    desired.add({somaxconn, "65535", "a rule", Disruption::live, {}, true});
    const auto plan = diff(desired, seen(somaxconn, "4096"), {});
    REQUIRE(plan.changes.size() == 1);
    CHECK(plan.changes[0].epoch.empty());
}

TEST_CASE("a file that was not there is removed, one that was gets its text back") {
    const Hold fresh = {"", std::nullopt, "ours\n", "ours\n", {}};
    const auto removed = diff({}, {{file, {"ours\n", ""}}}, held(file, fresh));
    REQUIRE(removed.changes.size() == 1);
    CHECK(removed.changes[0].to == std::nullopt);
    CHECK(removed.changes[0].gives_back);
    const Hold over = {"", "theirs\n", "ours\n", "ours\n", {}};
    const auto restored = diff({}, {{file, {"ours\n", ""}}}, held(file, over));
    REQUIRE(restored.changes.size() == 1);
    CHECK(restored.changes[0].to == "theirs\n");
}

TEST_CASE("a file that somebody edited is not shown in the finding") {
    const Hold fresh = {"", std::nullopt, "ours\n", "ours\n", {}};
    const auto plan = diff({}, {{file, {"secret\n", ""}}}, held(file, fresh));
    CHECK((plan.yielded == std::vector<Target>{file}));
    REQUIRE(plan.findings.size() == 1);
    CHECK(plan.findings[0].what.starts_with("left alone: "));
    CHECK(plan.findings[0].what.find("secret") == std::string::npos);
}

TEST_CASE("no module is ever unloaded: its hold ends with a finding") {
    const Hold loaded = {"boot 1", std::nullopt, "loaded", "loaded", {}};
    const auto plan = diff({}, seen(module, "loaded"), held(module, loaded));
    CHECK(plan.changes.empty());
    CHECK((plan.void_holds == std::vector<Target>{module}));
    REQUIRE(plan.findings.size() == 1);
    CHECK(plan.findings[0].about == "module:vhost_net");
}

TEST_CASE("an element is given back at the next boot of its domain") {
    const Hold pinned = {"", std::nullopt, "0-1", "0-1", {}};
    const auto plan = diff({}, {{pin, {"0,1", ""}}}, held(pin, pinned));
    REQUIRE(plan.changes.size() == 1);
    CHECK(plan.changes[0].disruption == Disruption::next_boot);
}

TEST_CASE("what cannot be seen now waits, and says for what") {
    const auto in_guest = diff(wished(knob, "1"), {}, {});
    REQUIRE(in_guest.pending.size() == 1);
    CHECK((in_guest.pending[0] == Pending{knob, "1", "the guest's agent"}));
    CHECK_FALSE(in_guest.empty());
    const auto in_kernel = diff(wished(somaxconn, "1"), {}, {});
    REQUIRE(in_kernel.pending.size() == 1);
    CHECK(in_kernel.pending[0].waits_for == "a kernel that has it, or its module");
    const auto in_definition = diff(wished(pin, "1"), {}, {});
    REQUIRE(in_definition.pending.size() == 1);
    CHECK(in_definition.pending[0].waits_for == "its domain to run");
    CHECK(changes_nothing(diff(wished(vcpu, "1"), {}, {})));
}

TEST_CASE("a held target that is gone took our value with it, but a guest may come back") {
    const Hold hold = {"pid 7", "0-7", "1", "1", {}};
    const auto stopped = diff({}, {}, held(vcpu, hold));
    CHECK((stopped.void_holds == std::vector<Target>{vcpu}));
    CHECK(stopped.empty());
    const auto unloaded = diff({}, {}, held(somaxconn, usual()));
    CHECK((unloaded.void_holds == std::vector<Target>{somaxconn}));
    CHECK(unloaded.empty());
    const auto silent = diff({}, {}, held(knob, hold));
    CHECK(silent.void_holds.empty());
    REQUIRE(silent.pending.size() == 1);
    CHECK((silent.pending[0] == Pending{knob, "0-7", "the guest's agent"}));
}

TEST_CASE("giving back comes first, the other way round, then what is wished in order") {
    const Target other = {TargetKind::sysctl, "", "a.first"};
    Desired desired;
    desired.add({other, "1", "a rule", Disruption::live, {module}, false});
    desired.add({module, "loaded", "a rule", Disruption::live, {}, false});
    const Observed observed = {{other, {"0", "boot 1"}},
                               {module, {std::nullopt, "boot 1"}},
                               {somaxconn, {"65535", "boot 1"}},
                               {vcpu, {"1", "pid 7"}},
                               {file, {"ours\n", ""}}};
    const Holds holds = {{somaxconn, usual()},
                         {vcpu, {"pid 7", "0-7", "1", "1", {}}},
                         {file, {"", std::nullopt, "ours\n", "ours\n", {}}}};
    const auto plan = diff(desired, observed, holds);
    std::vector<Target> order;
    for (const auto &change : plan.changes) order.push_back(change.target);
    CHECK((order == std::vector<Target>{vcpu, file, somaxconn, module, other}));
}

TEST_CASE("findings of the wishes are in the plan") {
    Desired desired;
    desired.findings.push_back({"guest", "nothing to do"});
    const auto plan = diff(desired, {}, {});
    CHECK((plan.findings == desired.findings));
    CHECK(plan.empty());
}

TEST_CASE("an emulator pinned away from its workers' CPUs is put back, one pinned elsewhere is left alone") {
    const Target emulator = {TargetKind::affinity, uuid, "emulator"};
    const Target worker = {TargetKind::affinity, uuid, "vhost/52:54:00:00:00:01/0"};
    auto desired = wished(emulator, "0,4-5");
    const auto holds = held(emulator, {"boot 1", "0-7", "0,4-5", "0,4-5", {}});
    check_left_alone(diff(desired, seen(emulator, "0"), holds), emulator,
                     "left alone: somebody changed it to \"0\" since we gave it \"0,4-5\" (it was \"0-7\" before)");
    desired.add({worker, "4", "a rule", Disruption::live, {emulator}, false});
    auto observed = seen(emulator, "0");
    CHECK((diff(desired, observed, holds).yielded == std::vector<Target>{emulator}));  // it does not run
    observed[worker] = {std::nullopt, "boot 1"};
    const auto plan = diff(desired, observed, holds);
    REQUIRE(plan.changes.size() == 2);
    CHECK(plan.changes[0].target == emulator);
    CHECK(plan.changes[0].to == "0,4-5");
    CHECK(plan.changes[1].target == worker);
    CHECK(plan.yielded.empty());
    for (const auto *roomier : {"4", "0-4", "0-7"}) {
        CAPTURE(roomier);
        observed[emulator] = {roomier, "boot 1"};
        CHECK((diff(desired, observed, holds).yielded == std::vector<Target>{emulator}));
    }
}

TEST_CASE("NUMA cells are not given back while somebody's memnode names them") {
    const Target cells = {TargetKind::element, uuid, "cpu/numa"};
    const Target memnode = {TargetKind::element, uuid, "numatune/memnode"};
    const std::string shown = "0-5:1024 6-11:1024";
    const Holds holds = {{cells, {"", std::nullopt, shown, shown, {}}},
                         {memnode, {"", std::nullopt, "0 1", "0 1", {}}}};
    CHECK(diff({}, {{cells, {shown, ""}}, {memnode, {"0 1", ""}}}, holds).changes.size() == 2);
    const auto plan = diff({}, {{cells, {shown, ""}}, {memnode, {"0 0", ""}}}, holds);
    CHECK(plan.changes.empty());
    CHECK((plan.yielded == std::vector<Target>{memnode, cells}));
}

TEST_CASE("a worker whose place is its emulator's follows it: placed once, and no reason to put the emulator back") {
    const Target emulator = {TargetKind::affinity, uuid, "emulator"};
    const Target worker = {TargetKind::affinity, uuid, "vhost/52:54:00:00:00:01/0"};
    auto desired = wished(emulator, "0-1");
    desired.add({worker, "0-1", "a rule", Disruption::live, {emulator}, false, "", true});
    Observed observed = {{emulator, {"0-1", "boot 1"}}, {worker, {std::nullopt, "boot 1"}}};
    Holds holds = held(emulator, {"boot 1", "0-7", "0-1", "0-1", {}});
    CHECK(diff(desired, observed, holds).changes.size() == 1);
    holds[worker] = {"boot 1", std::nullopt, "0-1", std::nullopt, {}};
    CHECK(changes_nothing(diff(desired, observed, holds)));
    observed[emulator] = {"0", "boot 1"};
    CHECK((diff(desired, observed, holds).yielded == std::vector<Target>{emulator}));
}

TEST_CASE("the machine of a definition that was converted is given back if there is a way back") {
    const Target machine = machine_target(uuid);
    const auto holds = held(machine, {"", "pc-i440fx-7.2", "q35", "q35", {}});
    CHECK(changes_nothing(diff(wished(machine, "q35"), seen(machine, "pc-q35-7.2"), holds)));
    auto there = seen(machine, "pc-q35-7.2");
    const auto plan = diff({}, there, holds);
    REQUIRE(plan.changes.size() == 1);
    CHECK(plan.changes[0].gives_back);
    CHECK(plan.changes[0].to == "pc-i440fx-7.2");

    there[machine].way_back = WayBack::lost;
    const auto lost = diff({}, there, holds);
    CHECK(lost.changes.empty());
    CHECK((lost.void_holds == std::vector<Target>{machine}));
    REQUIRE(lost.findings.size() == 1);
    CHECK(lost.findings[0].what ==
          "stays: only the whole definition from before has the old one, pc-i440fx-7.2, and the devices that belong to "
          "it; it is not kept here");

    there[machine].way_back = WayBack::edited;
    const auto edited = diff({}, there, holds);
    CHECK(edited.changes.empty());
    CHECK(edited.void_holds.empty());
    CHECK((edited.yielded == std::vector<Target>{machine}));
    REQUIRE(edited.findings.size() == 1);
    CHECK(edited.findings[0].what.find("`kvmtune rollback --force`") != std::string::npos);
    CHECK(
        (diff(wished(machine, "q35"), seen(machine, "pc-i440fx-8.0"), holds).yielded == std::vector<Target>{machine}));
}

TEST_CASE(
    "a thread that the kernel moved off CPUs that are not online is placed again, one that somebody moved is not") {
    const CpuSet online = CpuSet::range(0, 7) - CpuSet{4};
    const auto holds = held(vcpu, {"boot 1", "0-7", "4", "4", {}});
    check_one_change(diff(wished(vcpu, "5"), seen(vcpu, "0-3,5-7"), holds, online),
                     {vcpu, "0-3,5-7", "5", "boot 1", false, "a rule", Disruption::link, {}});
    CHECK((diff(wished(vcpu, "5"), seen(vcpu, "0-3,5-7"), holds).yielded == std::vector<Target>{vcpu}));
    CHECK((diff(wished(vcpu, "5"), seen(vcpu, "6"), holds, CpuSet::range(0, 7)).yielded == std::vector<Target>{vcpu}));
    const auto back = diff({}, seen(vcpu, "0-3,5-7"), holds, online);
    REQUIRE(back.changes.size() == 1);
    CHECK(back.changes[0].to == "0-7");

    const Target emulator = {TargetKind::affinity, uuid, "emulator"};
    const auto set = held(emulator, {"boot 1", "0-7", "0,4-5", "0,4-5", {}});
    CHECK(changes_nothing(diff(wished(emulator, "0,5"), seen(emulator, "0,5"), set, online)));
    CHECK(diff(wished(emulator, "0,6"), seen(emulator, "0,5"), set, online).changes.size() == 1);
    CHECK((diff(wished(emulator, "0,6"), seen(emulator, "0"), set, online).yielded == std::vector<Target>{emulator}));
}

}  // namespace diff_test
