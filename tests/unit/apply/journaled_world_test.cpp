#include "daemon/apply/journaled_world.hpp"

#include <doctest/doctest.h>

#include "tests/fakes/fake_effects.hpp"
#include "tests/fakes/temporary_tree.hpp"
#include "tests/unit/apply/runs.hpp"

namespace journaled_world_test {

using namespace kvmtune;
using namespace kvmtune::apply;
using fakes::FakeEffects;
using fakes::TemporaryTree;
using plan::Change;
using plan::Hold;
using plan::Holds;

namespace {

const plan::Target target = sysctl("net.core.somaxconn");

struct Bench {
    Bench() {
        effects.values = {{target, "4096"}};
        effects.epochs = {{target, "boot 1"}};
    }

    [[nodiscard]] Holds on_disk() const { return Journal::open(tree.root(), "journal")->holds(); }

    TemporaryTree tree;
    FakeEffects effects;
    std::vector<std::string> steps;  ///< what a crash at each step would find: "holds/value"
    Journal journal = Journal::open(tree.root(), "journal", [this] { note("record"); }).value();
    JournaledWorld world{journal, effects, [this] { note("effect"); }};

  private:
    void note(const std::string &what) {
        const auto holds = on_disk();
        std::string line = what + ": ";
        if (const auto at = holds.find(target); at != holds.end())
            line += "held " + *at->second.original + (at->second.granted ? " granted " + *at->second.granted : "");
        steps.push_back(line + ", is " + *effects.values.at(target));
    }
};

Change giving(const std::string &from, const std::string &to) {
    return {target, from, to, "boot 1", false, "a test", plan::Disruption::live, {}};
}

Change giving_back(const std::string &from, const std::string &to) {
    return {target, from, to, "boot 1", true, "given back", plan::Disruption::live, {}};
}

}  // namespace

TEST_CASE("the hold is on disk before the change, the granted value after it") {
    Bench bench;
    REQUIRE(bench.world.make({giving("4096", "65535")}));
    CHECK((bench.steps == std::vector<std::string>{"record: held 4096, is 4096", "effect: held 4096, is 65535",
                                                   "record: held 4096 granted 65535, is 65535"}));
}

TEST_CASE("what is given back loses its hold after the change") {
    Bench bench;
    REQUIRE(bench.world.make({giving("4096", "65535")}));
    bench.steps.clear();
    REQUIRE(bench.world.make({giving_back("65535", "4096")}));
    CHECK((bench.steps ==
           std::vector<std::string>{"record: held 4096, is 65535", "effect: held 4096, is 4096", "record: , is 4096"}));
    CHECK_FALSE(bench.tree.root().exists("journal"));
}

TEST_CASE("what the kernel made of a value is recorded beside what was asked") {
    Bench bench;
    bench.effects.kernel = [](const plan::Target &, const std::string &asked) {
        return fakes::rounded_up(asked, 1024);
    };
    REQUIRE(bench.world.make({giving("4096", "65000")}));
    CHECK((bench.on_disk() == Holds{{target, {"boot 1", "4096", "65000", "65536", {}}}}));
}

TEST_CASE("a thread that gets those of its old CPUs that are online has its old value") {
    Bench bench;
    const plan::Target vcpu{plan::TargetKind::affinity, "a", "vcpu/0"};
    bench.effects.values[vcpu] = "2";
    bench.effects.epochs[vcpu] = "pid 7";
    const auto offline = [](const std::string &online) {
        return [online](const plan::Target &, const std::string &) { return online; };
    };
    const Change back{vcpu, "2", "0-7", "pid 7", true, "given back", plan::Disruption::live, {}};
    REQUIRE(bench.journal.hold(vcpu, "pid 7", "0-7", "2"));
    for (const char *wrong : {"3,8", "2"}) {
        bench.effects.kernel = offline(wrong);
        CHECK_FALSE(bench.world.make({back}));
        CHECK(bench.on_disk().count(vcpu) == 1);
        bench.effects.values[vcpu] = "2";
    }
    bench.effects.kernel = offline("0-6");
    CHECK(bench.world.make({back}));
    CHECK(bench.on_disk().count(vcpu) == 0);
}

TEST_CASE("a refused change leaves the hold for whoever undoes it") {
    Bench bench;
    bench.effects.refusals[target] = {ErrorKind::denied, "read-only"};
    const auto made = bench.world.make({giving("4096", "65535")});
    REQUIRE_FALSE(made);
    CHECK(made.error() == Error{ErrorKind::denied, "read-only"});
    CHECK((bench.on_disk() == Holds{{target, {"boot 1", "4096", "65535", std::nullopt, {}}}}));
    REQUIRE(bench.world.make({giving_back("65535", "4096")}));
    CHECK(bench.on_disk().empty());
}

TEST_CASE("without a hold on disk nothing is changed") {
    Bench bench;
    bench.tree.add_folder("journal.kvmtune-new/in the way");
    CHECK_FALSE(bench.world.make({giving("4096", "65535")}));
    CHECK(bench.effects.puts().empty());
}

TEST_CASE("a value that somebody else wrote since the plan was made is not overwritten") {
    Bench bench;
    bench.effects.values[target] = "777";
    for (const auto &change : {giving("4096", "65535"), giving_back("65535", "4096")}) {
        const auto made = bench.world.make({change});
        REQUIRE_FALSE(made);
        CHECK(made.error().kind == ErrorKind::changed);
    }
    CHECK(bench.effects.puts().empty());
    CHECK(bench.on_disk().empty());
}

TEST_CASE("what has the same name but is another thing by now is not touched") {
    Bench bench;
    bench.effects.epochs[target] = "boot 2";
    const auto made = bench.world.make({giving("4096", "65535")});
    REQUIRE_FALSE(made);
    CHECK(made.error().kind == ErrorKind::changed);
    CHECK(bench.effects.puts().empty());
    auto for_good = giving("4096", "65535");
    for_good.epoch.clear();
    CHECK(bench.world.make({for_good}));
    CHECK(bench.on_disk().at(target).epoch.empty());
}

TEST_CASE("what cannot be put back keeps its hold") {
    Bench bench;
    REQUIRE(bench.world.make({giving("4096", "65535")}));
    bench.effects.granted[target] = "4097";
    const auto made = bench.world.make({giving_back("65535", "4096")});
    REQUIRE_FALSE(made);
    CHECK(made.error().what == "it was given back, but does not hold its old value");
    CHECK((bench.on_disk() == Holds{{target, {"boot 1", "4096", "65535", std::nullopt, {}}}}));
}

TEST_CASE("what is given back goes its own way, what is given does not") {
    Bench bench;
    REQUIRE(bench.world.make({giving("4096", "65535")}));
    CHECK(bench.effects.given_back().empty());
    REQUIRE(bench.world.make({giving_back("65535", "4096")}));
    CHECK((bench.effects.given_back() == std::vector<FakeEffects::Put>{{target, "4096"}}));
}

TEST_CASE("what has its old value already is given back even if it cannot be written") {
    Bench bench;
    REQUIRE(bench.world.make({giving("4096", "65535")}));
    bench.effects.values[target] = "4096";
    bench.effects.refusals[target] = {ErrorKind::denied, "read-only"};
    REQUIRE(bench.world.make({giving_back("65535", "4096")}));
    CHECK(bench.on_disk().empty());
}

TEST_CASE("what turns out to be somebody else's when it is written is not held, but what was held stays so") {
    Bench bench;
    REQUIRE(bench.world.make({giving("4096", "65535")}));
    bench.effects.refusals[target] = {ErrorKind::changed, "the guest's administrator set it"};
    CHECK(bench.world.make({giving("65535", "1000")}).error().kind == ErrorKind::changed);
    CHECK(bench.on_disk().at(target).original == "4096");
    REQUIRE(bench.world.forget(target));
    CHECK(bench.world.make({giving("65535", "1000")}).error().kind == ErrorKind::changed);
    CHECK(bench.on_disk().empty());
}

TEST_CASE("observing leaves out what is not there, and fails on what cannot be read") {
    Bench bench;
    const auto other = sysctl("net.core.none");
    const auto seen = bench.world.observe({target, other});
    REQUIRE(seen);
    CHECK((*seen == plan::Observed{{target, {"4096", "boot 1"}}}));
    bench.effects.hidden[target] = {ErrorKind::denied, "no"};
    const auto hidden = bench.world.observe({target, other});
    REQUIRE_FALSE(hidden);
    CHECK(hidden.error() == Error{ErrorKind::denied, "sysctl:net.core.somaxconn: no"});
    CHECK(bench.effects.puts().empty());
}

TEST_CASE("a hold is forgotten without touching the value") {
    Bench bench;
    REQUIRE(bench.world.make({giving("4096", "65535")}));
    REQUIRE(bench.world.forget(target));
    CHECK(bench.on_disk().empty());
    CHECK(bench.world.holds()->empty());
    CHECK(bench.effects.values[target] == "65535");
}

}  // namespace journaled_world_test
