// Messages to frames and back. Whatever comes in is checked here: nesting, sizes, numbers of entries, shapes of names
// and addresses. Unknown members are ignored, so that either end may be the newer one.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "guest-agent/protocol/message.hpp"

namespace kvmtune::protocol {

/// A request as it came. One that cannot be understood still has an id, so that it can be answered.
struct Incoming {
    Id id;
    Result<Request> request;
};

/// A frame with its line end; invalid if it is beyond the limits.
[[nodiscard]] Result<std::string> frame_of(const Call &call);
[[nodiscard]] Result<std::string> frame_of(const Reply &reply);

/// The agent's reading of a frame; an error if it is nothing that could be answered.
[[nodiscard]] Result<Incoming> incoming_from(std::string_view frame);
/// The daemon's reading of a frame.
[[nodiscard]] Result<Reply> reply_from(std::string_view frame);

/// Printable ASCII of at most this many bytes: other bytes become "?", the rest is cut off.
[[nodiscard]] std::string tame(std::string_view text, std::size_t limit);

}  // namespace kvmtune::protocol
