// Whether somebody on the bus may change something: root may, for others polkit decides. For the files of this folder.
#pragma once

#include <functional>

#include "daemon/bus/wire.hpp"

namespace kvmtune::bus {

/// A question to polkit that is under way; without it there is no answer.
struct Inquiry {
    std::function<void(Result<>)> done;  ///< denied: the caller may not
    Slot slot = {};
};

/// Calls done, at once or later, but only while the inquiry lives.
void authorize(sd_bus_message *call, const char *action, Inquiry &inquiry);

}  // namespace kvmtune::bus
