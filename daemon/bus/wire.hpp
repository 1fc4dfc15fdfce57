// Requests and errors as D-Bus carries them: domains as strings, the rest as a dictionary of options.
//   host_only b, giving_back b, planned b, rebalance b, restart b, force b, timeout u (seconds), agent_timeout u
//   (seconds), allow as
// For the files of this folder only: it is about sd-bus.
#pragma once

#include <systemd/sd-bus.h>

#include <cstdint>
#include <memory>

#include "daemon/answers/request.hpp"

namespace kvmtune::bus {

struct Unref {
    void operator()(sd_bus *bus) const { sd_bus_flush_close_unref(bus); }
    void operator()(sd_bus_message *message) const { sd_bus_message_unref(message); }
    void operator()(sd_bus_slot *slot) const { sd_bus_slot_unref(slot); }
};
using Bus = std::unique_ptr<sd_bus, Unref>;
using Message = std::unique_ptr<sd_bus_message, Unref>;
using Slot = std::unique_ptr<sd_bus_slot, Unref>;

/// For answers that take no work, in sd-bus's microseconds.
inline constexpr std::uint64_t two_seconds = 2'000'000;

/// The method of a question: "Plan", "Apply", ...
[[nodiscard]] const char *method_of(answers::Question question);

/// The arguments of a method: "asa{sv}", of Explain "sa{sv}".
[[nodiscard]] Result<> append(sd_bus_message *message, const answers::Request &request);
/// The same read. invalid: an option that is not known, or of another type.
[[nodiscard]] Result<answers::Request> request_in(sd_bus_message *message, answers::Question question);

/// "org.kvmtune.Error.NotFound", ...
[[nodiscard]] const char *error_name(ErrorKind kind);
[[nodiscard]] ErrorKind kind_of(const char *error_name);

}  // namespace kvmtune::bus
