// Runs of the pipeline, in the worker's thread. Each opens the workplace anew: what it sees is what is there.
#pragma once

#include <optional>
#include <string>

#include "daemon/answers/answer.hpp"
#include "daemon/guest/lines.hpp"
#include "daemon/service/silence.hpp"

namespace kvmtune::service {

/// What a run works with.
struct Assignment {
    const Root &root;
    guest::Lines &lines;  ///< nobody else uses them meanwhile
    plan::Policy policy;
    std::optional<std::string> topology;  ///< of tests; this machine's if there is none
    apply::LoadModule load_module;
};

/// What came of a round.
struct Round {
    pipeline::Account account;
    Silent silent;
};

/// A round of the daemon's own: all that the policy matches and all that is held, brought to what is desired; guests
/// that are passed over are not asked.
[[nodiscard]] Result<Round> round(const Assignment &assignment, apply::Hypervisor &hypervisor,
                                  const pipeline::Scope &scope, const Silent &passed_over);

/// What came of a request.
struct Answered {
    Json json;
    std::set<std::string> uuids;    ///< of the domains that it named
    std::set<std::string> untuned;  ///< of those that did not start as tuned, and were given back
};

/// Somebody's request. Where it changes nothing, guests that are passed over are not asked.
[[nodiscard]] Result<Answered> answered(const Assignment &assignment, apply::Hypervisor &hypervisor,
                                        const answers::Request &request, const Silent &passed_over,
                                        const pipeline::Tell &tell);

}  // namespace kvmtune::service
