// Answers in D-Bus types, for those who want no JSON. For the files of this folder only.
#pragma once

#include "base/json.hpp"
#include "daemon/bus/wire.hpp"

namespace kvmtune::bus {

/// a(sssuu): name, "running" or "off", its agent ("answers", "silent", "-"), targets held, targets pending.
int reply_with_guests(sd_bus_message *call, const Json &status);
/// a(ss): what it is about, and what it says.
int reply_with_findings(sd_bus_message *call, const std::set<plan::Finding> &findings);

}  // namespace kvmtune::bus
