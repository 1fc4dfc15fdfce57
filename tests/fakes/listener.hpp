// A UNIX socket that listens, as QEMU's does for a guest's channel.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <cstdlib>
#include <cstring>
#include <string>

#include "base/file.hpp"
#include "tests/fakes/temporary_tree.hpp"

namespace kvmtune::fakes {

class Listener {
  public:
    /// At this path of the tree; as many may wait to be accepted.
    Listener(const TemporaryTree &tree, const std::string &path, int waiting = 1)
        : path_(tree.root().full(path)), fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        if (path_.size() >= sizeof address.sun_path) std::abort();
        std::memcpy(address.sun_path, path_.data(), path_.size());
        const void *bytes = &address;
        if (::bind(fd_.get(), static_cast<const sockaddr *>(bytes), sizeof address) != 0) std::abort();
        if (::listen(fd_.get(), waiting) != 0) std::abort();
    }

    [[nodiscard]] const std::string &path() const { return path_; }
    [[nodiscard]] Fd accept() const { return Fd(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC)); }

  private:
    std::string path_;
    Fd fd_;
};

}  // namespace kvmtune::fakes
