// What can be asked of kvmtune, on the command line or over D-Bus.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "daemon/pipeline/pipeline.hpp"

namespace kvmtune::answers {

enum class Question { plan, apply, verify, rollback, status, explain, facts, topology };

struct Request {
    Question question = Question::status;
    std::vector<std::string> domains;  ///< names or UUIDs; none: all that the policy is about
    std::string subject;               ///< of explain: a target or a domain
    bool giving_back = false;          ///< of plan: what a rollback would do
    bool planned = false;              ///< of topology: as it is to be
    bool rebalance = false;            ///< of plan and apply: seats are planned anew where that is better
    bool host_only = false;
    bool offline = false;              ///< libvirt's files instead of libvirt
    std::set<plan::Disruption> allow;  ///< consents for this time
    pipeline::Restart restart;

    /// Whether anything is changed by it.
    [[nodiscard]] bool changes() const { return question == Question::apply || question == Question::rollback; }
};

/// "plan", "apply", "verify", "rollback", "status", "explain", "facts", "topology".
[[nodiscard]] const char *text_of(Question question);

}  // namespace kvmtune::answers
