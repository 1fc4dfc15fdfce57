// The commands that ask something of the pipeline: plan, apply, verify, rollback, status, explain, facts.
#pragma once

#include "daemon/answers/answer.hpp"
#include "daemon/apply/journal.hpp"
#include "daemon/cli/options.hpp"
#include "daemon/cli/terminal.hpp"

namespace kvmtune::cli {

/// Asks, shows the answer, and gives the exit status.
[[nodiscard]] int ask(const Options &options, const Terminal &terminal, const apply::Step &step);

/// The options as a request.
[[nodiscard]] answers::Request request_of(const Options &options);

}  // namespace kvmtune::cli
