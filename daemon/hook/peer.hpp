// Bytes to and from a peer that may be slow, silent or gone: every wait ends with the deadline.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/file.hpp"
#include "base/result.hpp"
#include "daemon/hook/wire.hpp"

namespace kvmtune::hook {

using Deadline = std::chrono::steady_clock::time_point;

/// Writes all of it to a socket.
[[nodiscard]] Result<> send(const Fd &socket, std::string_view bytes, Deadline deadline);
/// Reads a pipe, file or socket to its end. Errors: timed_out, invalid (more than limit).
[[nodiscard]] Result<std::string> receive_to_end(int fd, std::size_t limit, Deadline deadline);

/// A connection to the daemon. Errors: not_found where nobody listens; timed_out where too many wait already.
[[nodiscard]] Result<Fd> connect_to(const std::string &path);

/// By how much the deadline moves, once, for whoever asks for patience: the kernel may have to make huge pages.
constexpr std::chrono::seconds more_patience{10};

/// The hook's end of a conversation: sends the call, hears the answer. Errors: timed_out, invalid, failed.
[[nodiscard]] Result<Answer> ask(const Fd &socket, const Call &call, Deadline deadline);

/// The other end: hears a call.
[[nodiscard]] Result<Call> hear(const Fd &socket, Deadline deadline);

}  // namespace kvmtune::hook
