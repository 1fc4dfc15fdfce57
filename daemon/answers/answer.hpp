// The pipeline's answer to a request as JSON, which the command line shows, prints with --json, and D-Bus hands out:
// version 1, of which schema/kvmtune.json describes every member.
#pragma once

#include "base/json.hpp"
#include "daemon/answers/request.hpp"
#include "daemon/pipeline/workplace.hpp"

namespace kvmtune::answers {

/// Does what is asked for and says what came of it. Errors: what kept it from being tried at all (not_found: no such
/// domain or target).
[[nodiscard]] Result<Json> answer_to(const Request &request, pipeline::Workplace &place,
                                     const pipeline::Tell &tell = {});

}  // namespace kvmtune::answers
