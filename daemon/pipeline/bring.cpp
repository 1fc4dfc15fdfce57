#include <algorithm>

#include "daemon/apply/lent_pages.hpp"
#include "daemon/domain/agent_socket.hpp"
#include "daemon/domain/elements.hpp"
#include "daemon/pipeline/pipeline.hpp"
#include "daemon/pipeline/readiness.hpp"
#include "daemon/pipeline/told_world.hpp"
#include "daemon/plan/author.hpp"

namespace kvmtune::pipeline {

using plan::TargetKind;

namespace {

/// Libvirt has no compare-and-swap: somebody may define a domain between our reading and our writing, but hardly
/// thrice. And the kernel may refuse pages of several sizes, one after the other.
constexpr int tries = 5;

bool stale(const apply::Report &report) {
    return std::any_of(report.outcomes.begin(), report.outcomes.end(), [](const apply::Outcome &outcome) {
        return outcome.error == ErrorKind::changed && outcome.change.target.kind == TargetKind::element;
    });
}

/// The kernel gave fewer pages than were asked for: the next plan counts on what it gave.
bool lacks_pages(const apply::Report &report) {
    return std::any_of(report.outcomes.begin(), report.outcomes.end(), [](const apply::Outcome &outcome) {
        return outcome.status == apply::Status::failed && outcome.change.target.kind == TargetKind::pool;
    });
}

apply::Report what_was_done(apply::Report report) {
    std::erase_if(report.outcomes, [](const auto &outcome) { return outcome.status != apply::Status::done; });
    report.findings.clear();
    return report;
}

class Bringing {
  public:
    Bringing(Workplace &place, const Scope &scope, const Restart &restart, const Tell &tell)
        : place_(place), scope_(scope), restart_(restart), tell_(tell) {}

    Result<Account> account() && {
        const auto to_restart = TRY(carry_out_once());
        restart_all(to_restart);
        if (auto settled = apply::settle_lent_pages(place_.root()); !settled)
            account_.failures.push_back({"huge pages", settled.error().what});
        if (auto concluded = conclude(to_restart); !concluded)
            account_.failures.push_back({"what came of it is not known", concluded.error().what});
        return std::move(account_);
    }

  private:
    using Names = std::map<std::string, std::string>;

    Result<> conclude(const Names &restarted) {
        Scope scope = scope_;
        scope.resting.insert(place_.untuned().begin(), place_.untuned().end());
        if (!restarted.empty()) {
            const auto again = TRY(plan_for(place_, scope));
            append(carried_out(again.plan));
        }
        tell("looking at what came of it");
        auto last = TRY(plan_for(place_, scope));
        note_unread(last.picture);
        account_.left = std::move(last.plan);
        account_.names.merge(names_in(last.picture));
        account_.yielding = yielding_in(last.picture);
        TRY(place_.world().tidy(scope_.offline));
        return mark_readiness(place_.root(), scope_, account_);
    }

    /// What could not be read keeps what it holds: nothing was given back.
    void note_unread(const Picture &picture) {
        for (const auto &[uuid, name] : picture.unread)
            if (scope_.gives_back(uuid))
                account_.failures.push_back({name, "nothing was given back: it cannot be read"});
    }

    static std::set<std::string> yielding_in(const Picture &picture) {
        std::set<std::string> uuids;
        for (const auto &domain : picture.situation.domains)
            if (domain.policy && !domain.policy->reapply) uuids.insert(domain.facts.uuid);
        return uuids;
    }

    void tell(const std::string &doing) const {
        if (tell_) tell_(doing);
    }

    apply::Report carried_out(const plan::Plan &plan) {
        ToldWorld world(place_.world(), [&](const plan::Target &target) {
            const auto name = account_.names.find(target.owner);
            tell("changing " + (name == account_.names.end() ? text_of(target) : name->second));
        });
        return apply::carry_out(plan, world);
    }

    /// Everything but what the threads and guests of those get that are restarted afterwards: theirs are new then. What
    /// is given back to a guest is not put off: its agent would put at the next start what it was not told to forget.
    Result<Names> carry_out_once() {
        for (int attempt = 1;; ++attempt) {
            tell("looking at the host and its domains");
            auto planned = TRY(plan_for(place_, scope_));
            account_.names.merge(names_in(planned.picture));
            note_authors(planned);
            const auto to_restart = need_restart(planned);
            std::erase_if(planned.plan.changes, [&](const plan::Change &change) {
                const bool knob = change.target.kind == TargetKind::knob && !plan::mac_of_kept_name(change.target);
                const bool of_run = change.target.kind == TargetKind::affinity || (knob && !change.gives_back);
                return of_run && to_restart.count(change.target.owner) != 0;
            });
            auto report = carried_out(planned.plan);
            const bool again = (stale(report) || lacks_pages(report)) && attempt < tries;
            append(again ? what_was_done(std::move(report)) : std::move(report));
            if (!again) return to_restart;
        }
    }

    void note_authors(const Planned &planned) {
        for (const auto &change : planned.plan.changes) {
            auto author = plan::likely_author(change.target, change.from, planned.picture.situation.host);
            if (!author.empty()) account_.authors[change.target] = std::move(author);
        }
    }

    Names need_restart(const Planned &planned) const {
        Names names;
        if (!restart_.wanted) return names;
        const auto add = [&](const plan::Target &target) {
            const auto at = planned.picture.domains.find(target.owner);
            if (target.kind != TargetKind::element || at == planned.picture.domains.end()) return;
            if (domain::worker_named(target.name)) return;  // its worker is placed as it runs
            if (at->second.record.running) names[target.owner] = at->second.record.name;
        };
        for (const auto &change : planned.plan.changes) add(change.target);
        for (const auto &pending : planned.plan.pending) add(pending.target);
        return names;
    }

    /// One after the other. What kept one from starting may keep all: the others go on running.
    void restart_all(const Names &names) {
        std::string failed;
        for (const auto &[uuid, name] : names) {
            if (failed.empty() && !restart(uuid, name))
                failed = name;
            else if (!failed.empty())
                account_.failures.push_back({name, "not restarted, because " + failed + " did not start"});
        }
    }

    /// Whether it is not off because of us.
    bool restart(const std::string &uuid, const std::string &name) {
        const auto fail = [&](const Error &error) { account_.failures.push_back({name, error.what}); };
        const bool definition_failed =
            std::any_of(account_.report.outcomes.begin(), account_.report.outcomes.end(), [&](const auto &outcome) {
                const auto &target = outcome.change.target;
                return target.owner == uuid && target.kind == TargetKind::element &&
                       outcome.status != apply::Status::done;
            });
        if (definition_failed) return true;
        auto &hypervisor = place_.hypervisor();
        tell("waiting for " + name + " to shut down");
        if (auto stopped = hypervisor.shut_down(uuid, restart_.shutdown_limit, restart_.insist); !stopped) {
            fail(stopped.error());
            return true;
        }
        // What can be given back only while it is off.
        if (auto tidied = place_.world().tidy(); !tidied) fail(tidied.error());
        tell("starting " + name);
        if (auto started = hypervisor.start(uuid); !started) {
            fail(started.error());
            if (scope_.goal == Goal::tune) start_untuned(uuid, name);
            return false;
        }
        account_.restarted.push_back(name);
        const auto record = hypervisor.domain(uuid);
        if (!record) fail(record.error());
        const auto live = record ? domain::Document::parse(record->live, name) : tl::unexpected<Error>(record.error());
        if (!live || !domain::agent_socket_in(*live)) return true;
        tell("waiting for the agent of " + name);
        // A guest without an agent is no failure: what it would do stays pending, and is said so.
        if (auto there = place_.world().guests().wait_for(uuid, restart_.agent_limit); !there)
            account_.report.findings.push_back({name, there.error().what});
        return true;
    }

    /// A guest that does not start as tuned runs as it was before.
    void start_untuned(const std::string &uuid, const std::string &name) {
        tell("giving back what " + name + " got");
        place_.note_untuned(uuid);
        Scope back;
        back.goal = Goal::give_back;
        back.named = {uuid};
        const auto planned = plan_for(place_, back);
        if (planned) append(carried_out(planned->plan));
        auto started = planned ? place_.hypervisor().start(uuid) : Result<>(tl::unexpected<Error>(planned.error()));
        account_.failures.push_back(
            {name, started ? "it did not start as tuned: its definition was given back, with which it runs"
                           : "nor does it start with what was given back: " + started.error().what});
    }

    void append(apply::Report report) {
        auto &all = account_.report;
        std::move(report.outcomes.begin(), report.outcomes.end(), std::back_inserter(all.outcomes));
        std::move(report.findings.begin(), report.findings.end(), std::back_inserter(all.findings));
        all.pending = std::move(report.pending);
    }

    Workplace &place_;
    const Scope &scope_;
    const Restart &restart_;
    const Tell &tell_;
    Account account_;
};

}  // namespace

Result<Account> bring(Workplace &place, const Scope &scope, const Restart &restart, const Tell &tell) {
    return Bringing(place, scope, restart, tell).account();
}

}  // namespace kvmtune::pipeline
