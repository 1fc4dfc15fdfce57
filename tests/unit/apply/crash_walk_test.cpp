// The end of the process after every step of a history: "apply, apply with other wishes, roll back". Whatever the step,
// the next run takes all back, or goes on to the same result as if nothing had happened. Twice: with real files and
// processes that are killed, and in memory with a kernel that rounds, where records are also torn.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <optional>

#include "base/cpu_set.hpp"
#include "tests/fakes/fake_effects.hpp"
#include "tests/fakes/temporary_tree.hpp"
#include "tests/unit/apply/runs.hpp"

namespace crash_walk_test {

using namespace kvmtune;
using namespace kvmtune::apply;
using fakes::FakeEffects;
using fakes::TemporaryTree;
using plan::Desired;
using plan::Target;

namespace {

using Contents = std::map<std::string, std::string>;

const std::string journal_path = "run/kvmtune/journal";
const Target vhost = module("vhost_net");
const Target tun = module("tun");
const Target somaxconn = sysctl("net.core.somaxconn");
const Target rmem_max = sysctl("net.core.rmem_max");
const Target tcp_rmem = sysctl("net.ipv4.tcp_rmem");
const Target forwarding = sysctl("net.ipv4.conf.eth0/100.forwarding");
const Target settings = file("etc/sysctl.d/60-kvmtune.conf");
const Target modules = file("etc/modules-load.d/kvmtune.conf");

Desired first_wishes() {
    auto desired = wishes({{vhost, "loaded"},
                           {rmem_max, "16777216"},
                           {tcp_rmem, "4096 87380 16777216"},
                           {settings, "net.core.somaxconn = 65535\n"},
                           {modules, "vhost_net\n"}});
    desired.add({somaxconn, "65535", "a test", plan::Disruption::live, {vhost}, true});
    return desired;
}

/// Another value, a value as it was, one wish less, two more.
Desired other_wishes() {
    return wishes({{vhost, "loaded"},
                   {tun, "loaded"},
                   {somaxconn, "32768"},
                   {tcp_rmem, "4096 131072 6291456"},
                   {forwarding, "1"},
                   {settings, "net.core.somaxconn = 32768\n"}});
}

/// All three runs; false if one of them was not complete.
bool whole_history(World &world) {
    for (const auto &desired : {first_wishes(), other_wishes(), Desired{}})
        if (!run(world, desired).report.complete()) return false;
    return true;
}

void fill(const TemporaryTree &tree) {
    tree.add("proc/sys/kernel/random/boot_id", "11111111-2222-4333-8444-555555555555\n");
    tree.add("proc/sys/net/core/somaxconn", "4096\n");
    tree.add("proc/sys/net/core/rmem_max", "212992\n");
    tree.add("proc/sys/net/ipv4/tcp_rmem", "4096 131072 6291456\n");
    tree.add("proc/sys/net/ipv4/conf/eth0.100/forwarding", "0\n");
    tree.add("etc/modules-load.d/kvmtune.conf", "# by hand\nvhost_net\n");
    tree.add("etc/sysctl.d/10-admin.conf", "vm.swappiness = 1\n");
    tree.add_folder("sys/module/kvm");
    tree.add_folder("run/kvmtune");
}

/// Modules stay loaded, and are no part of what is compared.
Contents without_modules(const TemporaryTree &tree) {
    auto contents = tree.contents();
    std::erase_if(contents, [](const auto &entry) { return entry.first.starts_with("sys/module/"); });
    return contents;
}

/// A process of ours at a tree.
class Process {
  public:
    explicit Process(const TemporaryTree &tree, const Step &step = {})
        : journal_(Journal::open(tree.root(), journal_path, step).value()),
          effects_(tree.root(),
                   [&tree](const std::string &name) { return tree.root().make_directories("sys/module/" + name); }),
          world_(journal_, effects_, step) {}

    [[nodiscard]] World &world() { return world_; }
    [[nodiscard]] const Journal &journal() const { return journal_; }

  private:
    Journal journal_;
    HostEffects effects_;
    JournaledWorld world_;
};

enum class End { killed, complete, incomplete };

/// Runs work in a child process that is killed at the cut-th step.
End run_and_kill(const TemporaryTree &tree, unsigned cut, const std::function<bool(World &)> &work) {
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        unsigned steps = 0;
        Process process(tree, [&] {
            if (++steps == cut) ::raise(SIGKILL);
        });
        ::_exit(work(process.world()) ? 0 : 1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    if (WIFSIGNALED(status)) {
        REQUIRE(WTERMSIG(status) == SIGKILL);
        return End::killed;
    }
    return WEXITSTATUS(status) == 0 ? End::complete : End::incomplete;
}

/// Calls check with a tree at each step at which a process that does this work is killed; the number of steps.
unsigned walk(const std::function<bool(World &)> &work, const std::function<void(const TemporaryTree &)> &check) {
    for (unsigned cut = 1;; ++cut) {
        CAPTURE(cut);
        const TemporaryTree tree;
        fill(tree);
        const auto end = run_and_kill(tree, cut, work);
        REQUIRE(end != End::incomplete);
        check(tree);
        if (end == End::complete) return cut - 1;
    }
}

Contents untouched() {
    const TemporaryTree tree;
    fill(tree);
    return without_modules(tree);
}

void check_taken_back(const TemporaryTree &tree) {
    Process next(tree);
    const auto rollback = run(next.world(), {});
    CHECK(rollback.report.complete());
    CHECK(rollback.plan.yielded.empty());
    CHECK(without_modules(tree) == untouched());
    CHECK_FALSE(tree.root().exists(journal_path));
    CHECK(tree.root().exists("sys/module/kvm"));
}

bool has_finding(const Report &report, const Target &target) {
    const auto about = text_of(target);
    return std::any_of(report.findings.begin(), report.findings.end(),
                       [&](const plan::Finding &finding) { return finding.about == about; });
}

}  // namespace

TEST_CASE("a process killed at any step is taken back by the next one, byte for byte") {
    const auto steps = walk(whole_history, check_taken_back);
    CHECK(steps > 40);
}

TEST_CASE("a process killed at any step and run again comes to the same end, and can be taken back") {
    const TemporaryTree uncut;
    fill(uncut);
    Process process(uncut);
    REQUIRE(run(process.world(), first_wishes()).report.complete());
    REQUIRE(run(process.world(), other_wishes()).report.complete());
    auto expected = without_modules(uncut);
    expected.erase(journal_path);

    walk(whole_history, [&](const TemporaryTree &tree) {
        {
            Process next(tree);
            REQUIRE(run(next.world(), other_wishes()).report.complete());
            CHECK(planned(next.world(), other_wishes()).empty());
            auto reached = without_modules(tree);
            reached.erase(journal_path);
            CHECK(reached == expected);
        }
        check_taken_back(tree);
    });
}

TEST_CASE("a process that goes on after a kill may be killed at any step, too") {
    for (const unsigned cut : {5, 31}) {
        CAPTURE(cut);
        for (unsigned again = 1;; ++again) {
            CAPTURE(again);
            const TemporaryTree tree;
            fill(tree);
            REQUIRE(run_and_kill(tree, cut, whole_history) == End::killed);
            const auto end = run_and_kill(tree, again, whole_history);
            REQUIRE(end != End::incomplete);
            check_taken_back(tree);
            if (end == End::complete) break;
        }
    }
}

TEST_CASE("what somebody else writes after the kill is left alone and reported, and all else taken back") {
    struct Foreign {
        Target target;
        std::string path;
        std::string text;
    };
    const std::vector<Foreign> writes = {{rmem_max, "proc/sys/net/core/rmem_max", "31337\n"},
                                         {settings, settings.name, "# mine now\n"}};
    for (const auto &foreign : writes) {
        CAPTURE(foreign.path);
        unsigned left_alone = 0;
        walk(whole_history, [&](const TemporaryTree &tree) {
            tree.add(foreign.path, foreign.text);
            Process next(tree);
            const bool held = next.journal().holds().count(foreign.target) == 1;
            const auto rollback = run(next.world(), {});
            CHECK(rollback.report.complete());
            CHECK(has_finding(rollback.report, foreign.target) == held);
            CHECK((rollback.plan.yielded == (held ? std::vector<Target>{foreign.target} : std::vector<Target>{})));
            CHECK_FALSE(tree.root().exists(journal_path));
            auto expected = untouched();
            expected[foreign.path] = "text " + foreign.text;
            CHECK(without_modules(tree) == expected);
            left_alone += held ? 1 : 0;
        });
        CHECK(left_alone > 5);
    }
}

namespace {

const Target vcpu = affinity("domain-a", "vcpu/0");
const Target worker = affinity("domain-a", "vhost/0");

/// What a crash at one step would find.
struct Moment {
    FakeEffects::Values values;
    std::string journal;  ///< empty: no journal
};

/// The history in memory. Its kernel counts sysctls in pages of 4096 and lets threads run on CPUs 0-3 only.
class Memory {
  public:
    explicit Memory(const Moment &start, const std::function<void(const Moment &)> &at_each_step = {}) {
        if (!start.journal.empty()) tree_.add(journal_path, start.journal);
        effects.values = start.values;
        effects.kernel = [](const Target &target, const std::string &asked) {
            if (target.kind == plan::TargetKind::sysctl) return fakes::rounded_up(asked, 4096);
            if (target.kind == plan::TargetKind::affinity)
                return (CpuSet::parse(asked).value() & CpuSet::range(0, 3)).text();
            return asked;
        };
        const Step step = [this, at_each_step] {
            if (at_each_step) at_each_step({effects.values, tree_.text(journal_path)});
        };
        journal_.emplace(Journal::open(tree_.root(), journal_path, step).value());
        world_.emplace(*journal_, effects, step);
    }

    [[nodiscard]] World &world() { return *world_; }
    [[nodiscard]] const plan::Holds &holds() const { return journal_->holds(); }
    [[nodiscard]] bool has_journal() const { return tree_.root().exists(journal_path); }

    FakeEffects effects;

  private:
    TemporaryTree tree_;
    std::optional<Journal> journal_;
    std::optional<JournaledWorld> world_;
};

Moment beginning() {
    return {{{vhost, std::nullopt},
             {somaxconn, "4096"},
             {rmem_max, "212992"},
             {tcp_rmem, "4096 131072 6291456"},
             {settings, std::nullopt},
             {vcpu, "0-3"},
             {worker, "0-3"}},
            {}};
}

Desired first_in_memory() {
    return wishes({{vhost, "loaded"},
                   {somaxconn, "65535"},
                   {rmem_max, "16777215"},
                   {tcp_rmem, "4000 90000 16000000"},
                   {settings, "a\n"},
                   {vcpu, "2-5"},
                   {worker, "1"}});
}

Desired other_in_memory() {
    return wishes({{somaxconn, "30000"}, {tcp_rmem, "4096 131072 6291456"}, {settings, "b\n"}, {vcpu, "0,1"}});
}

struct Walked {
    std::vector<Moment> moments;             ///< after each step, the beginning first
    std::vector<std::size_t> applied_until;  ///< how many moments there were after each run
};

Walked walked_in_memory() {
    Walked walked;
    walked.moments.push_back(beginning());
    Memory memory(beginning(), [&](const Moment &moment) { walked.moments.push_back(moment); });
    for (const auto &desired : {first_in_memory(), other_in_memory(), Desired{}}) {
        REQUIRE(run(memory.world(), desired).report.complete());
        walked.applied_until.push_back(walked.moments.size());
    }
    return walked;
}

/// The target whose change was cut off between effect and record while the kernel had made something else of the value:
/// nobody can tell it from what somebody else wrote, so it is left alone and reported.
std::optional<Target> in_doubt(const Memory &memory) {
    for (const auto &[target, hold] : memory.holds()) {
        const auto &value = memory.effects.values.at(target);
        if (!hold.granted && !same_value(target, value, hold.original) && !is_ours(target, hold, value)) return target;
    }
    return std::nullopt;
}

bool loaded_module(const Target &target, const plan::Value &value) {
    return target.kind == plan::TargetKind::module && value == "loaded";
}

/// All as in the beginning, but for these.
void check_as_in_the_beginning(const Memory &memory, const std::map<Target, plan::Value> &but = {}) {
    auto expected = beginning().values;
    for (const auto &[target, value] : but) expected[target] = value;
    for (const auto &[target, value] : memory.effects.values) {
        CAPTURE(text_of(target));
        if (!loaded_module(target, value)) CHECK(value == expected.at(target));
    }
}

/// Takes back what a crash at this moment left; whether something was in doubt.
bool check_taken_back(const Moment &moment) {
    Memory memory(moment);
    const auto doubtful = in_doubt(memory);
    const auto rollback = run(memory.world(), {});
    CHECK(rollback.report.complete());
    CHECK_FALSE(memory.has_journal());
    if (!doubtful) {
        check_as_in_the_beginning(memory);
        return false;
    }
    check_as_in_the_beginning(memory, {{*doubtful, moment.values.at(*doubtful)}});
    CHECK(has_finding(rollback.report, *doubtful));
    CHECK((rollback.plan.yielded == std::vector<Target>{*doubtful}));
    return true;
}

}  // namespace

TEST_CASE("with a kernel that rounds, a crash at any step is taken back") {
    const auto walked = walked_in_memory();
    unsigned doubts = 0;
    for (std::size_t i = 0; i < walked.moments.size(); ++i) {
        CAPTURE(i);
        doubts += check_taken_back(walked.moments[i]) ? 1 : 0;
    }
    CHECK(walked.moments.size() > 40);
    // One moment for each value that the kernel changed: somaxconn twice, rmem_max, tcp_rmem, vcpu.
    CHECK(doubts == 5);
}

TEST_CASE("with a kernel that rounds, a run after a crash at any step comes to the same end") {
    const auto walked = walked_in_memory();
    const auto expected = walked.moments[walked.applied_until[1] - 1].values;
    for (std::size_t i = 0; i < walked.moments.size(); ++i) {
        CAPTURE(i);
        Memory memory(walked.moments[i]);
        const auto doubtful = in_doubt(memory);
        REQUIRE(run(memory.world(), other_in_memory()).report.complete());
        CHECK(planned(memory.world(), other_in_memory()).empty());
        for (const auto &[target, value] : memory.effects.values) {
            CAPTURE(text_of(target));
            if (target != doubtful && target != vhost) CHECK(value == expected.at(target));
        }
        REQUIRE(run(memory.world(), {}).report.complete());
        if (!doubtful) check_as_in_the_beginning(memory);
        CHECK_FALSE(memory.has_journal());
    }
}

TEST_CASE("with a kernel that rounds, a crash at any step of a recovery from a crash at any step is taken back") {
    const auto walked = walked_in_memory();
    unsigned checked = 0;
    for (std::size_t i = 0; i < walked.moments.size(); i += 2) {
        CAPTURE(i);
        std::vector<Moment> again;
        Memory memory(walked.moments[i], [&](const Moment &moment) { again.push_back(moment); });
        if (in_doubt(memory)) continue;
        for (const auto &desired : {other_in_memory(), Desired{}})
            REQUIRE(run(memory.world(), desired).report.complete());
        for (const auto &moment : again) {
            check_taken_back(moment);
            ++checked;
        }
    }
    CHECK(checked > 300);
}

TEST_CASE("a record torn at any byte was announced to nobody") {
    const auto walked = walked_in_memory();
    unsigned torn = 0;
    for (std::size_t i = 1; i < walked.moments.size(); ++i) {
        const auto &before = walked.moments[i - 1];
        const auto &after = walked.moments[i];
        if (before.journal.empty() || !after.journal.starts_with(before.journal)) continue;
        for (auto size = before.journal.size() + 1; size < after.journal.size(); size += 7) {
            CAPTURE(i);
            CAPTURE(size);
            check_taken_back({after.values, after.journal.substr(0, size)});
            ++torn;
        }
    }
    CHECK(torn > 200);
}

TEST_CASE("with a kernel that rounds, what somebody else wrote after a crash at any step is left alone and reported") {
    const auto walked = walked_in_memory();
    const std::map<Target, std::string> writes = {
        {somaxconn, "8192"}, {tcp_rmem, "4096 4096 4096"}, {settings, "mine\n"}, {vcpu, "3"}};
    for (const auto &[target, value] : writes) {
        unsigned left_alone = 0;
        for (std::size_t i = 0; i < walked.moments.size(); ++i) {
            CAPTURE(text_of(target));
            CAPTURE(i);
            auto moment = walked.moments[i];
            moment.values[target] = value;
            Memory memory(moment);
            const bool held = memory.holds().count(target) == 1;
            const auto doubtful = in_doubt(memory);
            for (const auto &desired : {other_in_memory(), Desired{}}) {
                const auto next = run(memory.world(), desired);
                CHECK(next.report.complete());
                if (held) {
                    CHECK(has_finding(next.report, target));
                    CHECK(memory.effects.values.at(target) == value);
                }
            }
            std::map<Target, plan::Value> but = {{target, value}};
            if (doubtful) but[*doubtful] = moment.values.at(*doubtful);
            check_as_in_the_beginning(memory, but);
            left_alone += held ? 1 : 0;
        }
        CHECK(left_alone > 10);
    }
}

}  // namespace crash_walk_test
