// The daemon's log: the journal, with fields to search by, where systemd reads our standard error; else plain lines
// there. Only the daemon's outermost layer logs.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace kvmtune::service {

enum class Weight { error = 3, warning = 4, notice = 5, info = 6, debug = 7 };  ///< syslog's priorities

/// A field of an entry: {"DOMAIN", "web01"}.
using Field = std::pair<std::string, std::string>;

void log(Weight weight, const std::string &message, const std::vector<Field> &fields = {});

}  // namespace kvmtune::service
