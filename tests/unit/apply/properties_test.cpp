// What holds over random histories of wishes, refusals, restarts, reboots and other people's writes: each target ends
// as it would have been without us, and what somebody else wrote on what we hold is never overwritten.
#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <set>

#include "tests/fakes/fake_effects.hpp"
#include "tests/fakes/temporary_tree.hpp"
#include "tests/unit/apply/runs.hpp"
#include "tests/unit/tries.hpp"

namespace properties_test {

using namespace kvmtune;
using namespace kvmtune::apply;
using fakes::FakeEffects;
using fakes::TemporaryTree;
using plan::Desired;
using plan::Plan;
using plan::Target;
using plan::TargetKind;
using plan::Value;

namespace {

const std::vector<Target> &targets() {
    static const std::vector<Target> all = {
        module("m0"),   module("m1"),   sysctl("a.s0"),           sysctl("a.s1"),           sysctl("a.s2"),
        file("etc/f0"), file("etc/f1"), affinity("d0", "vcpu/0"), affinity("d0", "vcpu/1"), affinity("d1", "vcpu/0")};
    return all;
}

class History {
  public:
    explicit History(unsigned seed) : dice_(seed) {
        for (const auto &target : targets()) {
            const bool may_be_absent = target.kind == TargetKind::module || target.kind == TargetKind::file;
            alone_[target] = may_be_absent && below(2) == 0 ? Value() : default_of(target);
        }
        effects_.values = alone_;
        boot();
        if (below(2) == 0)
            effects_.kernel = [](const Target &target, const std::string &asked) {
                return target.kind == TargetKind::sysctl ? fakes::rounded_up(asked, 10) : asked;
            };
    }

    void run_to_the_end() {
        for (unsigned events = 3 + below(10); events > 0; --events) {
            switch (below(8)) {
                case 0:
                    somebody_writes();
                    break;
                case 1:
                    somebody_undoes();
                    break;
                case 2:
                    refuse();
                    break;
                case 3:
                    reboot();
                    break;
                default:
                    apply(random_wishes());
            }
        }
        effects_.refusals.clear();
        apply({});
        for (const auto &[target, value] : effects_.values) {
            CAPTURE(text_of(target));
            const bool stays_loaded = target.kind == TargetKind::module && value == "loaded";
            if (!stays_loaded) CHECK(value == alone_.at(target));
        }
        CHECK_FALSE(tree_.root().exists("journal"));
    }

    unsigned applied = 0;
    unsigned yielded = 0;
    unsigned failed = 0;

  private:
    /// A process of ours: its journal is read from disk.
    struct Process {
        explicit Process(History &history)
            : journal(Journal::open(history.tree_.root(), "journal").value()), world(journal, history.effects_) {}
        Journal journal;
        JournaledWorld world;
    };

    Process world() { return Process(*this); }

    unsigned below(unsigned limit) { return static_cast<unsigned>(dice_() % limit); }
    Target any() { return targets()[below(static_cast<unsigned>(targets().size()))]; }

    static std::string default_of(const Target &target) {
        switch (target.kind) {
            case TargetKind::module:
                return "loaded";
            case TargetKind::affinity:
                return "0-7";
            case TargetKind::file:
                return "theirs\n";
            default:
                return "100";
        }
    }

    Desired random_wishes() {
        Desired desired;
        for (std::size_t i = 0; i < targets().size(); ++i) {
            const auto &target = targets()[i];
            if (below(3) == 0) continue;
            const auto number = std::to_string(1 + below(3));
            std::string value = number;
            if (target.kind == TargetKind::module) value = "loaded";
            if (target.kind == TargetKind::sysctl) value = number + "05";
            if (target.kind == TargetKind::file) value = "ours " + number + "\n";
            plan::Wish wish{target, value, "a test", plan::Disruption::live, {}, false};
            // Requirements point along one random direction: there are no circles.
            for (std::size_t j = 0; j < targets().size(); ++j)
                if ((i * 7) % targets().size() > (j * 7) % targets().size() && below(4) == 0)
                    wish.requires_first.push_back(targets()[j]);
            desired.add(wish);
        }
        return desired;
    }

    void apply(const Desired &desired) {
        auto process = world();
        if (below(3) == 0) REQUIRE(process.journal.tidy());
        const auto before = effects_.values;
        const auto made = run(process.world, desired);
        check_order(made.plan);
        check_foreign(made, before, process.journal.holds());
        for (const auto &outcome : made.report.outcomes)
            if (outcome.status != Status::done) {
                ++failed;
                CHECK(effects_.values.at(outcome.change.target) == before.at(outcome.change.target));
            }
        if (made.report.complete()) {
            ++applied;
            CHECK(planned(process.world, desired).empty());
        }
        CHECK((world().journal.holds() == process.journal.holds()));
    }

    void check_order(const Plan &plan) const {
        std::map<Target, std::size_t> places;
        for (std::size_t i = 0; i < plan.changes.size(); ++i) places[plan.changes[i].target] = i;
        CHECK(places.size() == plan.changes.size());
        for (std::size_t i = 0; i < plan.changes.size(); ++i)
            for (const auto &required : plan.changes[i].requires_first)
                if (const auto at = places.find(required); at != places.end()) CHECK(at->second < i);
    }

    void check_foreign(const Run &made, const FakeEffects::Values &before, const plan::Holds &holds) {
        for (const auto &target : made.plan.yielded) {
            ++yielded;
            const auto about = text_of(target);
            const auto names_it = [&](const plan::Finding &finding) { return finding.about == about; };
            CHECK(std::any_of(made.report.findings.begin(), made.report.findings.end(), names_it));
        }
        for (const auto &target : foreign_) {
            CAPTURE(text_of(target));
            CHECK(effects_.values.at(target) == before.at(target));
        }
        for (const auto &target : undone_) {
            CAPTURE(text_of(target));
            CHECK(effects_.values.at(target) == before.at(target));
        }
        const auto over = [&](const Target &target) { return holds.count(target) == 0; };
        std::erase_if(undone_, over);
        std::erase_if(foreign_, over);
    }

    /// A value that is neither the original nor ours.
    void somebody_writes() {
        const auto target = any();
        if (target.kind == TargetKind::module) return;
        const auto number = std::to_string(1000 + 10 * ++writes_);
        write(target, target.kind == TargetKind::file ? "edited " + number + "\n" : number);
    }

    /// Back to the original by hand.
    void somebody_undoes() {
        const auto target = any();
        const auto hold = hold_in_force(target);
        if (!hold || !hold->granted || foreign_.count(target) != 0) return;
        if (target.kind == TargetKind::module || is_ours(target, *hold, hold->original)) return;
        effects_.values[target] = hold->original;
        undone_.insert(target);
    }

    std::optional<plan::Hold> hold_in_force(const Target &target) {
        const auto holds = world().journal.holds();
        const auto held = holds.find(target);
        if (held == holds.end()) return std::nullopt;
        const bool is_over = !held->second.epoch.empty() && held->second.epoch != effects_.epochs[target];
        return is_over ? std::nullopt : std::optional(held->second);
    }

    void write(const Target &target, const std::string &value) {
        effects_.values[target] = value;
        alone_[target] = value;
        undone_.erase(target);
        if (hold_in_force(target)) foreign_.insert(target);
    }

    void refuse() {
        const auto target = any();
        if (effects_.refusals.erase(target) == 0) effects_.refusals[target] = {ErrorKind::denied, "refused"};
    }

    void boot() {
        const auto name = "boot " + std::to_string(++boots_);
        for (const auto &target : targets())
            if (target.kind != TargetKind::file) effects_.epochs[target] = name;
    }

    void reboot() {
        boot();
        for (const auto &target : targets()) {
            if (target.kind == TargetKind::file) continue;
            alone_[target] = target.kind == TargetKind::module ? Value() : Value(default_of(target));
            effects_.values[target] = alone_[target];
            foreign_.erase(target);
            undone_.erase(target);
        }
    }

    std::mt19937 dice_;
    TemporaryTree tree_;
    FakeEffects effects_;
    FakeEffects::Values alone_;  ///< what each target would hold without us
    std::set<Target> foreign_;   ///< held by us and written by somebody else since
    std::set<Target> undone_;    ///< held by us and set back to its original by somebody else since
    unsigned writes_ = 0;
    unsigned boots_ = 0;
};

}  // namespace

TEST_CASE("after any history each target is as it would be without us") {
    unsigned applied = 0;
    unsigned yielded = 0;
    unsigned failed = 0;
    for (unsigned seed = 0; seed < tries(300); ++seed) {
        CAPTURE(seed);
        History history(seed);
        history.run_to_the_end();
        applied += history.applied;
        yielded += history.yielded;
        failed += history.failed;
    }
    CHECK(applied > tries(600));
    CHECK(yielded > tries(100));
    CHECK(failed > tries(100));
}

}  // namespace properties_test
