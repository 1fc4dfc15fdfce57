// The program that answers the hook where no daemon runs: a process of its own, so that the hook need not load what
// reads definitions, and so that whatever befalls it is no failure of the hook's.
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "base/file.hpp"
#include "base/result.hpp"

namespace kvmtune::hook {

class StandIn {
  public:
    /// Starts the first of these programs that is there, "PROGRAM ROOT", with its end of a socket as standard input and
    /// output.
    [[nodiscard]] static Result<StandIn> start(const std::vector<std::string> &programs, const std::string &root);

    StandIn(StandIn &&other) noexcept : pid_(std::exchange(other.pid_, -1)), socket_(std::move(other.socket_)) {}
    StandIn &operator=(StandIn &&) = delete;
    StandIn(const StandIn &) = delete;
    StandIn &operator=(const StandIn &) = delete;
    /// Ends it, if it still runs: libvirt also waits for those who have the hook's standard error.
    ~StandIn();

    [[nodiscard]] const Fd &socket() const { return socket_; }

  private:
    StandIn(pid_t pid, Fd socket) : pid_(pid), socket_(std::move(socket)) {}

    pid_t pid_;
    Fd socket_;
};

/// Where the program is, as seen from the hook's own: beside it (not installed), or in its own folder.
[[nodiscard]] std::vector<std::string> stand_in_places(const std::string &program);

}  // namespace kvmtune::hook
