// The daemon's end of the hook's socket, played by a function: over a socket pair, or listening below a root.
#pragma once

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <string>
#include <thread>

#include "daemon/hook/peer.hpp"
#include "tests/fakes/temporary_tree.hpp"

namespace kvmtune::fakes {

constexpr std::chrono::milliseconds soon{200};
constexpr std::chrono::milliseconds at_last{30000};

inline hook::Deadline in(std::chrono::milliseconds time) {
    return std::chrono::steady_clock::now() + time;
}

using Behaviour = std::function<void(const Fd &)>;

/// Reads nothing, says nothing, and waits until the peer is gone.
inline void stay(const Fd &fd) {
    pollfd entry{fd.get(), 0, 0};
    while ((entry.revents & POLLHUP) == 0) (void)::poll(&entry, 1, -1);
}

/// Hears the call and answers with these bytes.
inline Behaviour answers(std::string bytes) {
    return [bytes = std::move(bytes)](const Fd &fd) {
        (void)hook::hear(fd, in(at_last));
        (void)hook::send(fd, bytes, in(at_last));
    };
}

/// A peer over a socket pair; the connection ends when its behaviour does.
class Peer {
  public:
    explicit Peer(Behaviour behaviour) {
        int ends[2];
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
        socket = Fd(ends[0]);
        thread_ = std::thread([behaviour = std::move(behaviour), end = Fd(ends[1])] { behaviour(end); });
    }
    ~Peer() {
        socket.reset();
        thread_.join();
    }
    Peer(const Peer &) = delete;
    Peer &operator=(const Peer &) = delete;

    Fd socket;

  private:
    std::thread thread_;
};

/// A daemon that listens below a root and gives one connection to a behaviour.
class Daemon {
  public:
    Daemon(const TemporaryTree &tree, Behaviour behaviour) {
        const std::string path = tree.root().full(hook::socket_path);
        tree.add_folder("run/kvmtune");
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        REQUIRE(path.size() < sizeof address.sun_path);
        std::memcpy(address.sun_path, path.data(), path.size());
        listener_ = Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        const void *bytes = &address;
        REQUIRE(::bind(listener_.get(), static_cast<const sockaddr *>(bytes), sizeof address) == 0);
        REQUIRE(::listen(listener_.get(), 1) == 0);
        thread_ = std::thread([this, behaviour = std::move(behaviour)] {
            const Fd peer(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (peer) behaviour(peer);
        });
    }
    ~Daemon() {
        ::shutdown(listener_.get(), SHUT_RDWR);
        thread_.join();
    }
    Daemon(const Daemon &) = delete;
    Daemon &operator=(const Daemon &) = delete;

  private:
    Fd listener_;
    std::thread thread_;
};

}  // namespace kvmtune::fakes
