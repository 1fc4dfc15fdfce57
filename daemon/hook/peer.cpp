#include "daemon/hook/peer.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace kvmtune::hook {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

Result<> wait(int fd, short events, Deadline deadline) {
    while (true) {
        const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
        if (left.count() <= 0) return failure(ErrorKind::timed_out, "nothing came in time");
        pollfd entry{fd, events, 0};
        constexpr milliseconds::rep most = 60 * 1000;
        if (poll(&entry, 1, static_cast<int>(std::min(left.count(), most))) > 0) return {};
    }
}

/// Appends what is there, once something is; false at the end of file.
Result<bool> receive_some(int fd, std::string &bytes, std::size_t limit, Deadline deadline) {
    TRY(wait(fd, POLLIN, deadline));
    std::array<char, 65536> buffer;
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return true;
    if (count < 0) return system_failure("read", errno);
    if (static_cast<std::size_t>(count) > limit - bytes.size())
        return failure(ErrorKind::invalid, "it is larger than any that is read here");
    bytes.append(buffer.data(), static_cast<std::size_t>(count));
    return count > 0;
}

/// The lines that a peer says, without their ends.
class Lines {
  public:
    Lines(int fd, std::size_t limit) : fd_(fd), limit_(limit) {}

    /// Errors: those of receive_to_end, and invalid for an end without a line end.
    Result<std::string> next(Deadline deadline) {
        std::size_t seen = 0;
        while (true) {
            const auto end = bytes_.find('\n', seen);
            if (end != std::string::npos) return taken(end);
            seen = bytes_.size();
            if (!TRY(receive_some(fd_, bytes_, limit_, deadline)))
                return failure(ErrorKind::invalid, "it ended in the middle of a line");
        }
    }

  private:
    std::string taken(std::size_t end) {
        std::string line = bytes_.substr(0, end);
        bytes_.erase(0, end + 1);
        return line;
    }

    int fd_;
    std::size_t limit_;
    std::string bytes_;  ///< received, and of no line that was given
};

Result<sockaddr_un> address_of(const std::string &path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path))
        return failure(ErrorKind::invalid, path + ": too long for the path of a socket");
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

}  // namespace

Result<> send(const Fd &socket, std::string_view bytes, Deadline deadline) {
    while (!bytes.empty()) {
        const ssize_t count = ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno == EAGAIN) {
            TRY(wait(socket.get(), POLLOUT, deadline));
        } else if (errno != EINTR) {
            return system_failure("send", errno);
        }
    }
    return {};
}

Result<std::string> receive_to_end(int fd, std::size_t limit, Deadline deadline) {
    std::string bytes;
    while (TRY(receive_some(fd, bytes, limit, deadline))) continue;
    return bytes;
}

Result<Fd> connect_to(const std::string &path) {
    const sockaddr_un address = TRY(address_of(path));
    Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return system_failure("socket", errno);
    const void *bytes = &address;
    if (::connect(fd.get(), static_cast<const sockaddr *>(bytes), sizeof(address)) == 0) return fd;
    if (errno == ECONNREFUSED) return failure(ErrorKind::not_found, path + ": nobody listens");
    if (errno == EAGAIN) return failure(ErrorKind::timed_out, path + ": too many wait to be heard");
    return system_failure(path, errno);
}

Result<Answer> ask(const Fd &socket, const Call &call, Deadline deadline) {
    TRY(send(socket, text_of(call), deadline));
    if (::shutdown(socket.get(), SHUT_WR) != 0) return system_failure("shutdown", errno);
    Lines lines(socket.get(), answer_limit);
    std::string line = TRY(lines.next(deadline));
    if (line + "\n" == wait_line) line = TRY(lines.next(deadline + more_patience));
    return answer_from(line);
}

Result<Call> hear(const Fd &socket, Deadline deadline) {
    const std::string text = TRY(receive_to_end(socket.get(), call_limit, deadline));
    return call_from(text);
}

}  // namespace kvmtune::hook
