// The host's CPUs with who sits on them, drawn for a terminal or a ticket: a cell a CPU, the threads of a core side by
// side, a row for what shares a last-level cache.
//
//   node 0  32.0 GiB  package 0
//     L3 0  ## aa aa AA .. .. bb bb
//
//   a  web01  vCPUs 2-5  emulator 0-1,6-7  vhost 6-7 (4 queues)
#pragma once

#include <string>

#include "base/json.hpp"
#include "daemon/cli/palette.hpp"

namespace kvmtune::cli {

/// The text of an answer to "topology".
[[nodiscard]] std::string text_of_topology(const Json &answer, const Palette &palette);

}  // namespace kvmtune::cli
