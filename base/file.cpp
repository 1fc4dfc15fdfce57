#include "base/file.hpp"

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace kvmtune {

Fd &Fd::operator=(Fd &&other) noexcept {
    if (this != &other) {
        reset();
        fd_ = other.release();
    }
    return *this;
}

int Fd::release() {
    return std::exchange(fd_, -1);
}

void Fd::reset() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

Result<std::string> read_all(int fd, std::size_t limit) {
    std::string text;
    char buffer[16384];
    for (;;) {
        const auto count = ::read(fd, buffer, sizeof buffer);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return system_failure("read", errno);
        if (count == 0) return text;
        text.append(buffer, static_cast<std::size_t>(count));
        if (text.size() > limit) return failure(ErrorKind::invalid, "it is larger than any file that is read here");
    }
}

Result<> write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto count = ::write(fd, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return system_failure("write", errno);
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

}  // namespace kvmtune
