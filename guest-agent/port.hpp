// The virtio-serial port in the guest. While no host is connected, poll(2) says POLLHUP all the time and reads give
// nothing; edge-triggered epoll wakes once when that changes, so that waiting for a host costs nothing. A host that
// comes and is silent only makes the port writable.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.hpp"
#include "base/links.hpp"
#include "base/result.hpp"
#include "base/root.hpp"

namespace kvmtune::agent {

/// The device of the port with our name, by udev's link or, without udev, by what sysfs says; not_found if there is
/// none in this tree.
[[nodiscard]] Result<std::string> port_path(const Root &root);

/// What else may wake the agent.
struct Bells {
    int stop = -1;              ///< a descriptor that can be read once the agent is to end
    LinkNews *links = nullptr;  ///< NICs that come and go, if it is to know of them
};

/// What a wait ended with.
enum class Wake { stirred, links_changed, timed_out, stopped };

/// Waits for a bell or until the time is over; -1 waits for ever. The news of links is taken.
[[nodiscard]] Wake wait_for(const Bells &bells, std::chrono::milliseconds timeout);

class Port {
  public:
    enum class State {
        bytes,    ///< read or written
        nothing,  ///< a host is there and silent
        no_host,  ///< nobody is connected at the other end
        lost,     ///< the port is gone, or the host does not read: open it again
    };
    struct Input {
        State state = State::nothing;
        std::string bytes;
    };

    /// Opens a port. A virtio-serial port can be opened once only: busy if somebody else has it.
    [[nodiscard]] static Result<Port> open(const std::string &path);
    /// The port over a descriptor that is open.
    [[nodiscard]] static Result<Port> over(Fd fd);

    /// What is there, without waiting.
    [[nodiscard]] Input read();
    /// Writes all of it, waiting at most this long for a host to take it.
    [[nodiscard]] State write(std::string_view bytes, std::chrono::milliseconds timeout);
    /// Waits for a change at the port or for a bell; -1 waits for ever. The news of links is taken.
    [[nodiscard]] Wake wait(const Bells &bells, std::chrono::milliseconds timeout);

  private:
    Port(Fd fd, Fd edges) : fd_(std::move(fd)), edges_(std::move(edges)) {}

    Fd fd_;
    Fd edges_;  ///< epoll
};

}  // namespace kvmtune::agent
