// File descriptors and whole-file reads and writes below a directory descriptor.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace kvmtune {

/// A file descriptor that closes itself. -1 is "none".
class Fd {
  public:
    Fd() = default;
    explicit Fd(int fd) : fd_(fd) {}
    Fd(Fd &&other) noexcept : fd_(other.release()) {}
    Fd &operator=(Fd &&other) noexcept;
    Fd(const Fd &) = delete;
    Fd &operator=(const Fd &) = delete;
    ~Fd() { reset(); }

    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] explicit operator bool() const { return fd_ >= 0; }
    int release();  ///< gives the descriptor up without closing it
    void reset();

  private:
    int fd_ = -1;
};

/// Reads to the end of file, at most limit bytes (more is an error). Retries after EINTR.
[[nodiscard]] Result<std::string> read_all(int fd, std::size_t limit = 64u << 20);
/// Writes all of it; for pipes, regular files and sockets in blocking mode.
[[nodiscard]] Result<> write_all(int fd, std::string_view text);

}  // namespace kvmtune
