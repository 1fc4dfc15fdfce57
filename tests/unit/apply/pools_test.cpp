// A pool of huge pages over a history that others take part in: they add pages, take some away and use them, and the
// process ends at any step. In the end the pool is what it would be without us.
#include <doctest/doctest.h>

#include <functional>
#include <optional>

#include "daemon/apply/huge_pages.hpp"
#include "tests/fakes/temporary_tree.hpp"
#include "tests/unit/apply/runs.hpp"

namespace pools_test {

using namespace kvmtune;
using namespace kvmtune::apply;
using fakes::TemporaryTree;
using plan::Desired;
using plan::Target;

namespace {

const Target pool = plan::pool_target({0, 2048});
const Target other = file("etc/other");

struct State {
    std::uint64_t total = 100;
    std::uint64_t in_use = 40;
    std::string journal;  ///< empty: no journal
};

/// A node with room for 1000 pages, whose kernel is seen after each page that it adds.
class Node : public Effects {
  public:
    explicit Node(const State &start, std::function<void(const State &)> seen = {})
        : state(start), seen_(std::move(seen)) {
        if (!start.journal.empty()) tree_.add("journal", start.journal);
        const Step step = [this] { tell(); };
        journal_.emplace(Journal::open(tree_.root(), "journal", step).value());
        world_.emplace(*journal_, *this, step);
    }

    [[nodiscard]] World &world() { return *world_; }
    [[nodiscard]] const plan::Holds &holds() const { return journal_->holds(); }

    [[nodiscard]] Result<plan::Observation> look(const Target &target) override {
        if (target != pool) return plan::Observation{std::nullopt, ""};
        return plan::Observation{std::to_string(state.total), "boot", std::to_string(state.in_use)};
    }
    [[nodiscard]] Result<> put(const Target &target, const plan::Value &value) override {
        if (target != pool) return failure(ErrorKind::failed, "no such thing here");
        PoolDoor door;
        door.look = [this]() -> Result<plan::HugePagePool> {
            plan::HugePagePool found;
            found.total = state.total;
            found.free = state.total - state.in_use;
            return found;
        };
        door.ask = [this](std::uint64_t pages) -> Result<> {
            while (state.total < std::min<std::uint64_t>(pages, 1000)) {
                state.total += 50;
                tell();
            }
            state.total = std::min<std::uint64_t>(pages, 1000);
            return {};
        };
        door.compact = [] {};
        door.memory = [] { return plan::NodeMemory{}; };
        door.remember = [](const auto &) {};
        return resize(door, plan::pages_in(value).value());
    }

    State state;

  private:
    void tell() {
        if (!seen_) return;
        seen_({state.total, state.in_use, tree_.text("journal")});
    }

    std::function<void(const State &)> seen_;
    TemporaryTree tree_;
    std::optional<Journal> journal_;
    std::optional<JournaledWorld> world_;
};

Desired wanted(const std::string &pages) {
    return wishes({{pool, pages}});
}

}  // namespace

TEST_CASE("what others add and take while we hold a pool stays as they left it") {
    for (const int others : {0, 250, -30}) {
        CAPTURE(others);
        Node node(State{});
        REQUIRE(run(node.world(), wanted("400")).report.complete());
        CHECK(node.state.total == 400);
        node.state.total += static_cast<std::uint64_t>(others);
        REQUIRE(run(node.world(), wanted("600")).report.complete());
        REQUIRE(run(node.world(), {}).report.complete());
        CHECK(node.state.total == (others > 0 ? 350 : 100));
        CHECK(node.holds().empty());
    }
}

TEST_CASE("a pool is made larger and smaller, and what is ours of it is known all the time") {
    Node node(State{});
    for (const std::string pages : {"500", "300", "700", "100", "101"}) {
        REQUIRE(run(node.world(), wanted(pages)).report.complete());
        CHECK(std::to_string(node.state.total) == pages);
        CHECK(planned(node.world(), wanted(pages)).empty());
    }
    REQUIRE(run(node.world(), {}).report.complete());
    CHECK(node.state.total == 100);
}

TEST_CASE("pages of ours in use stay held until they are free") {
    Node node(State{});
    REQUIRE(run(node.world(), wanted("500")).report.complete());
    node.state.in_use = 440;
    auto rollback = run(node.world(), {});
    CHECK(rollback.report.complete());
    CHECK(node.state.total == 440);
    REQUIRE(rollback.report.pending.size() == 1);
    CHECK(rollback.report.pending[0].value == "100");
    CHECK(node.holds().at(pool).granted == "440");

    rollback = run(node.world(), {});
    CHECK(rollback.report.outcomes.empty());
    CHECK(rollback.report.pending.size() == 1);

    node.state.in_use = 40;
    rollback = run(node.world(), {});
    CHECK(rollback.report.complete());
    CHECK(rollback.report.pending.empty());
    CHECK(node.state.total == 100);
    CHECK(node.holds().empty());
}

TEST_CASE("a guest that starts between plan and effect keeps its pages, and they stay held") {
    Node node(State{});
    REQUIRE(run(node.world(), wanted("500")).report.complete());
    const auto plan = planned(node.world(), {});
    node.state.in_use = 300;
    CHECK_FALSE(carry_out(plan, node.world()).complete());
    CHECK(node.state.total >= 300);
    node.state.in_use = 0;
    CHECK(run(node.world(), {}).report.complete());
    CHECK(node.state.total == 100);
}

TEST_CASE("a pool that cannot grow so far fails alone with what needs it, and leaves nothing") {
    Node node(State{});
    auto desired = wanted("1400");
    desired.add({other, "x", "a test", plan::Disruption::live, {pool}, false});
    const auto failed = run(node.world(), desired);
    REQUIRE(failed.report.outcomes.size() == 2);
    CHECK(failed.report.outcomes[0].status == Status::failed);
    CHECK(failed.report.outcomes[0].why ==
          "node 0 granted 900 of 1300 huge pages of 2 MiB: 0.0 GiB of node 0 are free");
    CHECK(failed.report.outcomes[1].status == Status::skipped);
    CHECK(node.state.total == 100);
    CHECK(node.holds().empty());
}

TEST_CASE("a pool of ours that cannot grow further stays what it was, and is given back") {
    Node node(State{});
    REQUIRE(run(node.world(), wanted("500")).report.complete());
    const auto failed = run(node.world(), wanted("1400"));
    REQUIRE(failed.report.outcomes.size() == 1);
    CHECK(failed.report.outcomes[0].why.find("could not be undone") == std::string::npos);
    CHECK(node.state.total == 500);
    REQUIRE(run(node.world(), {}).report.complete());
    CHECK(node.state.total == 100);
}

TEST_CASE("after a crash at any step, and with what others add then, all of ours is given back and none of theirs") {
    std::vector<State> moments;
    Node node(State{}, [&](const State &moment) { moments.push_back(moment); });
    for (const std::string pages : {"500", "800", "300"}) REQUIRE(run(node.world(), wanted(pages)).report.complete());
    REQUIRE(run(node.world(), {}).report.complete());
    CHECK(moments.size() > 20);
    for (const std::uint64_t others : {0u, 70u}) {
        for (const State &moment : moments) {
            CAPTURE(moment.total);
            CAPTURE(moment.journal);
            // Others add once it is known again what is there: in a crash nobody can tell whose pages they are.
            Node next(moment);
            if (others > 0) REQUIRE(run(next.world(), wanted("450")).report.complete());
            next.state.total += others;
            REQUIRE(run(next.world(), {}).report.complete());
            CHECK(next.state.total == 100 + others);
            CHECK(next.holds().empty());
        }
    }
}

TEST_CASE("a run after a crash at any step comes to the same end") {
    std::vector<State> moments;
    Node node(State{}, [&](const State &moment) { moments.push_back(moment); });
    for (const std::string pages : {"500", "800", "300"}) REQUIRE(run(node.world(), wanted(pages)).report.complete());
    REQUIRE(run(node.world(), {}).report.complete());
    for (const State &moment : moments) {
        CAPTURE(moment.total);
        CAPTURE(moment.journal);
        Node next(moment);
        REQUIRE(run(next.world(), wanted("800")).report.complete());
        CHECK(next.state.total == 800);
        CHECK(planned(next.world(), wanted("800")).empty());
    }
}

}  // namespace pools_test
