// The one pipeline: gather → rules → diff → plan, and carry out → restart → look again.
#pragma once

#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "daemon/apply/carry_out.hpp"
#include "daemon/pipeline/picture.hpp"
#include "daemon/pipeline/scope.hpp"
#include "daemon/pipeline/workplace.hpp"
#include "daemon/plan/plan.hpp"

namespace kvmtune::pipeline {

/// A plan and what it was made on.
struct Planned {
    Picture picture;
    plan::Desired desired;
    plan::Observed observed;
    plan::Plan plan;
};

/// What would be done. Changes nothing.
[[nodiscard]] Result<Planned> plan_for(Workplace &place, const Scope &scope);

/// Whether and how running guests are stopped and started for what needs it.
struct Restart {
    bool wanted = false;
    std::chrono::seconds shutdown_limit{180};
    std::chrono::seconds agent_limit{60};  ///< how long to wait for the guest's agent after the start
    apply::Insist insist = apply::Insist::no;
};

/// What was done and what is left.
struct Account {
    apply::Report report;
    std::vector<std::string> restarted;           ///< names
    std::vector<plan::Finding> failures;          ///< beside those of changes: guests that did not stop or start, ...
    plan::Plan left;                              ///< the plan afterwards: empty if all is as desired
    std::map<std::string, std::string> names;     ///< domains' names by UUID
    std::map<plan::Target, std::string> authors;  ///< of what was found where something was changed, where known
    std::set<std::string> yielding;               ///< UUIDs of those whose sections yield to whoever defines them anew

    [[nodiscard]] bool failed() const { return !report.complete() || !failures.empty(); }
};

/// Hears what is being done: "changing web01", "waiting for web01 to shut down".
using Tell = std::function<void(const std::string &)>;

/// Does it: plans, carries out (planning again where a definition changed meanwhile, or the kernel has fewer huge pages
/// than it was asked for), restarts guests if wanted, and looks again. Where it cannot look again, that is a failure in
/// the account of what was done. The host's readiness marker follows what it sees.
[[nodiscard]] Result<Account> bring(Workplace &place, const Scope &scope, const Restart &restart,
                                    const Tell &tell = {});

/// The domains' names by UUID.
[[nodiscard]] std::map<std::string, std::string> names_in(const Picture &picture);

}  // namespace kvmtune::pipeline
