#include "daemon/apply/carry_out.hpp"

#include <doctest/doctest.h>

#include "tests/fakes/fake_effects.hpp"
#include "tests/fakes/temporary_tree.hpp"
#include "tests/unit/apply/runs.hpp"

namespace carry_out_test {

using namespace kvmtune;
using namespace kvmtune::apply;
using fakes::FakeEffects;
using fakes::TemporaryTree;
using plan::Desired;
using plan::Target;

namespace {

const Error refused = {ErrorKind::denied, "refused"};
const Target vhost = module("vhost_net");
const Target backlog = sysctl("net.core.netdev_max_backlog");
const Target somaxconn = sysctl("net.core.somaxconn");
const Target conf = file("etc/sysctl.d/60-kvmtune.conf");
const Target vcpu_a = affinity("domain-a", "vcpu/0");
const Target worker_a = affinity("domain-a", "vhost/0");
const Target emulator_a = affinity("domain-a", "emulator");
const Target vcpu_b = affinity("domain-b", "vcpu/0");

struct Bench {
    Bench() {
        effects.values = {{vhost, std::nullopt}, {backlog, "1000"}, {somaxconn, "4096"}, {conf, std::nullopt},
                          {vcpu_a, "0-7"},       {worker_a, "0-7"}, {emulator_a, "0-7"}, {vcpu_b, "0-7"}};
        before = effects.values;
    }

    TemporaryTree tree;
    FakeEffects effects;
    FakeEffects::Values before;
    Journal journal = Journal::open(tree.root(), "journal").value();
    JournaledWorld world{journal, effects};
};

Desired everything() {
    return wishes({{vhost, "loaded"},
                   {backlog, "250000"},
                   {somaxconn, "65535"},
                   {conf, "text\n"},
                   {vcpu_a, "2"},
                   {emulator_a, "0-1"},
                   {worker_a, "1"},
                   {vcpu_b, "3"}});
}

Status status_of(const Report &report, const Target &target) {
    for (const auto &outcome : report.outcomes)
        if (outcome.change.target == target) return outcome.status;
    FAIL(text_of(target) << " is not in the report");
    return Status::skipped;
}

std::string why(const Report &report, const Target &target) {
    for (const auto &outcome : report.outcomes)
        if (outcome.change.target == target) return outcome.why;
    return {};
}

/// A world in which some changes are one effect, as elements of one domain are.
class DefiningWorld : public World {
  public:
    explicit DefiningWorld(World &under) : under_(under) {}

    Result<plan::Observed> observe(const std::set<Target> &targets) override { return under_.observe(targets); }
    Result<plan::Holds> holds() override { return under_.holds(); }
    bool together(const plan::Change &one, const plan::Change &other) const override {
        return !one.target.owner.empty() && one.target.owner == other.target.owner;
    }
    Result<> make(const std::vector<plan::Change> &effect) override {
        sizes.push_back(effect.size());
        return under_.make(effect);
    }
    Result<> forget(const Target &target) override { return under_.forget(target); }

    std::vector<std::size_t> sizes;

  private:
    World &under_;
};

}  // namespace

TEST_CASE("a plan that can be carried out is done, change by change in its order") {
    Bench bench;
    const auto made = run(bench.world, everything());
    CHECK(made.report.complete());
    REQUIRE(made.report.outcomes.size() == made.plan.changes.size());
    for (std::size_t i = 0; i < made.plan.changes.size(); ++i) {
        CHECK((made.report.outcomes[i] == Outcome{made.plan.changes[i], Status::done, ""}));
        CHECK(bench.effects.puts()[i].target == made.plan.changes[i].target);
    }
    CHECK(bench.effects.values[conf] == "text\n");
    CHECK(planned(bench.world, everything()).empty());
}

TEST_CASE("a setting of the host that fails is undone alone") {
    Bench bench;
    bench.effects.refusals[somaxconn] = refused;
    const auto made = run(bench.world, everything());
    CHECK_FALSE(made.report.complete());
    CHECK(status_of(made.report, somaxconn) == Status::failed);
    CHECK(why(made.report, somaxconn) == "refused");
    CHECK(status_of(made.report, backlog) == Status::done);
    CHECK(bench.effects.values[somaxconn] == "4096");
    CHECK(bench.effects.values[backlog] == "250000");
    CHECK(bench.journal.holds().count(somaxconn) == 0);
    CHECK(bench.journal.holds().count(backlog) == 1);
}

TEST_CASE("a setting that a guest refuses is undone alone") {
    Bench bench;
    const Target channels{plan::TargetKind::knob, "a", "nic/52:54:00:00:00:01/channels"};
    const Target rmem{plan::TargetKind::knob, "a", "sysctl/net.core.rmem_max"};
    bench.effects.values[channels] = "1";
    bench.effects.values[rmem] = "212992";
    bench.effects.refusals[channels] = refused;
    const auto made = run(bench.world, wishes({{channels, "4"}, {rmem, "425984"}}));
    CHECK(status_of(made.report, channels) == Status::failed);
    CHECK(status_of(made.report, rmem) == Status::done);
    CHECK(bench.effects.values[rmem] == "425984");
}

TEST_CASE("a domain that fails gets all of its own back, other domains keep theirs") {
    Bench bench;
    bench.effects.refusals[vcpu_a] = refused;
    const auto made = run(bench.world, everything());
    CHECK(status_of(made.report, emulator_a) == Status::undone);
    CHECK(why(made.report, emulator_a) == "another change of this domain failed");
    CHECK(status_of(made.report, vcpu_a) == Status::failed);
    CHECK(status_of(made.report, worker_a) == Status::skipped);
    CHECK(status_of(made.report, vcpu_b) == Status::done);
    for (const auto &target : {emulator_a, vcpu_a, worker_a}) {
        CHECK(bench.effects.values[target] == "0-7");
        CHECK(bench.journal.holds().count(target) == 0);
    }
    CHECK(bench.effects.values[vcpu_b] == "3");
}

TEST_CASE("changes of several domains and of the host that are one unit are undone together, and nothing else is") {
    Bench bench;
    auto desired = everything();
    for (const Target &target : {somaxconn, vcpu_a, vcpu_b}) desired.wishes.at(target).unit = "the segment";
    bench.effects.refusals = {{vcpu_b, refused}};
    const auto report = run(bench.world, desired).report;
    CHECK(status_of(report, vcpu_b) == Status::failed);
    CHECK(status_of(report, vcpu_a) == Status::undone);
    CHECK(status_of(report, somaxconn) == Status::undone);
    CHECK(why(report, vcpu_a) == "another change of the segment failed");
    CHECK(bench.effects.values.at(vcpu_a) == "0-7");
    CHECK(bench.effects.values.at(somaxconn) == "4096");
    CHECK(status_of(report, worker_a) == Status::done);
    CHECK(status_of(report, backlog) == Status::done);
    CHECK(bench.effects.values.at(backlog) == "250000");
}

TEST_CASE("what needs something that failed, was skipped or was undone is not tried") {
    Bench bench;
    bench.effects.refusals[vcpu_a] = refused;
    auto desired = everything();
    desired.wishes.at(vcpu_b).requires_first = {emulator_a, vcpu_a};
    desired.wishes.at(vcpu_a).requires_first = {emulator_a};
    auto other = affinity("domain-c", "vcpu/0");
    bench.effects.values[other] = "0-7";
    desired.add({other, "5", "a test", plan::Disruption::live, {vcpu_b}, false});
    auto needs_undone = affinity("domain-d", "vcpu/0");
    bench.effects.values[needs_undone] = "0-7";
    desired.add({needs_undone, "5", "a test", plan::Disruption::live, {emulator_a}, false});

    const auto made = run(bench.world, desired);
    CHECK(status_of(made.report, vcpu_b) == Status::skipped);
    CHECK(why(made.report, vcpu_b) == "it needs affinity:domain-a:emulator, which failed");
    CHECK(status_of(made.report, other) == Status::skipped);
    CHECK(status_of(made.report, needs_undone) == Status::skipped);
    CHECK(bench.effects.values[other] == "0-7");
    CHECK(bench.effects.values[needs_undone] == "0-7");
}

TEST_CASE("a module that cannot be loaded fails without a word of unloading") {
    Bench bench;
    bench.effects.refusals[vhost] = refused;
    auto desired = wishes({{vhost, "loaded"}});
    desired.add({somaxconn, "65535", "a test", plan::Disruption::live, {vhost}, false});
    const auto made = run(bench.world, desired);
    CHECK(why(made.report, vhost) == "refused");
    CHECK(status_of(made.report, somaxconn) == Status::skipped);
    CHECK(bench.journal.holds().empty());
    CHECK_FALSE(bench.tree.root().exists("journal"));
}

TEST_CASE("a failed change of something held goes back to what we had there") {
    Bench bench;
    REQUIRE(run(bench.world, wishes({{vcpu_a, "2"}, {worker_a, "1"}})).report.complete());
    bench.effects.refusals[worker_a] = refused;
    const auto made = run(bench.world, wishes({{vcpu_a, "4"}, {worker_a, "5"}}));
    CHECK(status_of(made.report, vcpu_a) == Status::undone);
    CHECK(bench.effects.values[vcpu_a] == "2");
    CHECK(bench.effects.values[worker_a] == "1");
    CHECK(bench.journal.holds().at(vcpu_a).original == "0-7");

    bench.effects.refusals.clear();
    CHECK(run(bench.world, {}).report.complete());
    CHECK(bench.effects.values == bench.before);
    CHECK(bench.journal.holds().empty());
}

TEST_CASE("an emulator that was put back keeps our value where its domain is undone, for nobody's becomes ours") {
    Bench bench;
    REQUIRE(run(bench.world, wishes({{emulator_a, "0-1"}, {worker_a, "1"}})).report.complete());
    bench.effects.values[emulator_a] = "7";
    bench.effects.values[worker_a] = std::nullopt;  // it follows
    bench.effects.refusals[vcpu_a] = refused;
    const auto made = run(bench.world, wishes({{emulator_a, "0-1"}, {vcpu_a, "2"}, {worker_a, "1"}}));
    CHECK_FALSE(made.report.complete());
    CHECK(bench.effects.values[emulator_a] == "0-1");
    CHECK(bench.journal.holds().at(emulator_a).asked == "0-1");
    CHECK_FALSE(is_ours(emulator_a, bench.journal.holds().at(emulator_a), "7"));
}

TEST_CASE("a give-back that fails halfway is undone, and works later") {
    Bench bench;
    const auto ours = wishes({{vcpu_a, "2"}, {emulator_a, "0-1"}, {worker_a, "1"}});
    REQUIRE(run(bench.world, ours).report.complete());
    const auto holds = bench.journal.holds();
    bench.effects.refusals[vcpu_a] = refused;
    const auto made = run(bench.world, {});
    CHECK(status_of(made.report, worker_a) == Status::undone);
    CHECK(bench.effects.values[worker_a] == "1");
    CHECK(bench.effects.values[emulator_a] == "0-1");
    CHECK((bench.journal.holds().at(worker_a) == holds.at(worker_a)));
    bench.effects.refusals.clear();
    CHECK(run(bench.world, {}).report.complete());
    CHECK(bench.effects.values == bench.before);
    CHECK(bench.journal.holds().empty());
}

TEST_CASE("a file that could not be made after a crash needs no undoing") {
    Bench bench;
    REQUIRE(bench.journal.hold(conf, "", std::nullopt, "text\n"));
    bench.effects.refusals[conf] = refused;
    const auto made = run(bench.world, wishes({{conf, "text\n"}}));
    CHECK(why(made.report, conf) == "refused");
    CHECK(bench.journal.holds().empty());
}

TEST_CASE("what cannot be undone says so, and keeps its hold") {
    Bench bench;
    bench.effects.before_put = [&](const Target &target) {
        if (target == worker_a) bench.effects.refusals[vcpu_a] = refused;
    };
    bench.effects.refusals[worker_a] = refused;
    const auto made = run(bench.world, wishes({{vcpu_a, "2"}, {worker_a, "1"}}));
    CHECK(status_of(made.report, vcpu_a) == Status::done);
    CHECK(why(made.report, vcpu_a) == "could not be undone: refused");
    CHECK(bench.effects.values[vcpu_a] == "2");
    CHECK(bench.journal.holds().at(vcpu_a).original == "0-7");
}

TEST_CASE("what was changed since the plan was made is skipped, and its domain undone") {
    Bench bench;
    bench.effects.before_put = [&](const Target &target) {
        if (target == emulator_a) bench.effects.values[vcpu_a] = "6";
    };
    const auto made = run(bench.world, everything());
    CHECK(status_of(made.report, vcpu_a) == Status::skipped);
    CHECK(why(made.report, vcpu_a) == "it was changed since the plan was made");
    CHECK(status_of(made.report, emulator_a) == Status::undone);
    CHECK(bench.effects.values[vcpu_a] == "6");
    CHECK(bench.effects.values[emulator_a] == "0-7");
    CHECK(bench.journal.holds().count(vcpu_a) == 0);
}

TEST_CASE("void holds are dropped, and what is left is taken over as it is") {
    Bench bench;
    REQUIRE(bench.journal.hold(somaxconn, "boot 0", "128", "65535"));
    bench.effects.epochs[somaxconn] = "boot 1";
    const auto made = run(bench.world, wishes({{somaxconn, "65535"}}));
    CHECK(made.report.complete());
    CHECK((bench.journal.holds().at(somaxconn) == plan::Hold{"boot 1", "4096", "65535", "65535", {}}));
}

TEST_CASE("what is pending and what was found are in the report") {
    Bench bench;
    const Target knob = {plan::TargetKind::knob, "domain-a", "nic/1/mtu"};
    auto desired = wishes({{knob, "9000"}});
    desired.findings.push_back({"host", "something"});
    const auto made = run(bench.world, desired);
    CHECK(made.report.complete());
    CHECK((made.report.pending == std::vector<plan::Pending>{{knob, "9000", "the guest's agent"}}));
    CHECK((made.report.findings == std::vector<plan::Finding>{{"host", "something"}}));
}

TEST_CASE("changes that belong together are one effect, and fail as one") {
    Bench bench;
    DefiningWorld world(bench.world);
    const auto desired = wishes({{somaxconn, "1"}, {emulator_a, "0"}, {vcpu_a, "2"}, {worker_a, "1"}, {vcpu_b, "3"}});
    REQUIRE(run(world, desired).report.complete());
    CHECK((world.sizes == std::vector<std::size_t>{1, 3, 1}));
    REQUIRE(run(world, {}).report.complete());

    bench.effects.refusals[vcpu_a] = refused;
    const auto made = run(world, desired);
    for (const auto &target : {emulator_a, vcpu_a, worker_a}) CHECK(status_of(made.report, target) == Status::failed);
    CHECK(status_of(made.report, vcpu_b) == Status::done);
    for (const auto &target : {emulator_a, vcpu_a, worker_a}) CHECK(bench.effects.values[target] == "0-7");
}

TEST_CASE("statuses have names") {
    CHECK(text_of(Status::done) == "done");
    CHECK(text_of(Status::failed) == "failed");
    CHECK(text_of(Status::undone) == "undone");
    CHECK(text_of(Status::skipped) == "skipped");
}

}  // namespace carry_out_test
