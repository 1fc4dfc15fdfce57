#include "base/lock.hpp"

#include <sys/file.h>

#include <cerrno>
#include <thread>

namespace kvmtune {

Result<Fd> take_lock(const Root &root, const std::string &path, std::chrono::milliseconds patience) {
    if (const auto slash = path.rfind('/'); slash != std::string::npos)
        TRY(root.make_directories(path.substr(0, slash)));
    auto fd = TRY(root.open_for_append(path));
    const auto end = std::chrono::steady_clock::now() + patience;
    while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR) continue;
        if (errno != EWOULDBLOCK) return system_failure("lock " + root.full(path), errno);
        if (std::chrono::steady_clock::now() >= end)
            return failure(ErrorKind::busy, "another kvmtune is at work (it holds " + root.full(path) + ")");
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return fd;
}

}  // namespace kvmtune
