#include "guest-agent/port.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include "guest-agent/protocol/message.hpp"

namespace kvmtune::agent {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

int timeout_of(milliseconds timeout) {
    return static_cast<int>(timeout.count());
}

bool is_readable(const pollfd &entry) {
    return (entry.revents & (POLLIN | POLLHUP | POLLERR)) != 0;
}

/// Waits for a bell or for another descriptor, which poll(2) passes over if it is -1.
Wake wait_for(const Bells &bells, int other, milliseconds timeout) {
    const int links = bells.links == nullptr ? -1 : bells.links->fd();
    std::array<pollfd, 3> entries{{{bells.stop, POLLIN, 0}, {other, POLLIN, 0}, {links, POLLIN, 0}}};
    const int count = poll(entries.data(), entries.size(), timeout_of(timeout));
    if (count <= 0) return count == 0 ? Wake::timed_out : Wake::stirred;
    if (is_readable(entries[0])) return Wake::stopped;
    if (!is_readable(entries[2])) return Wake::stirred;
    bells.links->take();
    return Wake::links_changed;
}

}  // namespace

Result<std::string> port_path(const Root &root) {
    const std::string link = std::string("dev/virtio-ports/") + protocol::port_name;
    if (root.exists(link)) return root.full(link);
    const std::string folder = "sys/class/virtio-ports";
    const auto ports = TRY(root.list(folder));
    for (const std::string &port : ports) {
        const auto name = root.read(folder + "/" + port + "/name");
        if (name && name->substr(0, name->find('\n')) == protocol::port_name) return root.full("dev/" + port);
    }
    return failure(ErrorKind::not_found, std::string("no port ") + protocol::port_name);
}

Wake wait_for(const Bells &bells, milliseconds timeout) {
    return wait_for(bells, -1, timeout);
}

Result<Port> Port::open(const std::string &path) {
    Fd fd(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!fd) return system_failure(path + ": open", errno);
    return over(std::move(fd));
}

Result<Port> Port::over(Fd fd) {
    Fd edges(epoll_create1(EPOLL_CLOEXEC));
    if (!edges) return system_failure("epoll_create1", errno);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    if (epoll_ctl(edges.get(), EPOLL_CTL_ADD, fd.get(), &event) != 0) return system_failure("epoll_ctl", errno);
    const int flags = fcntl(fd.get(), F_GETFL);
    if (fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK) != 0) return system_failure("fcntl", errno);
    return Port(std::move(fd), std::move(edges));
}

Port::Input Port::read() {
    std::array<char, 16384> buffer{};
    const ssize_t count = ::read(fd_.get(), buffer.data(), buffer.size());
    if (count > 0) return {State::bytes, std::string(buffer.data(), static_cast<std::size_t>(count))};
    if (count == 0) return {State::no_host, ""};
    const bool again = errno == EAGAIN || errno == EINTR;
    return {again ? State::nothing : State::lost, ""};
}

Port::State Port::write(std::string_view bytes, milliseconds timeout) {
    const auto deadline = Clock::now() + timeout;
    while (!bytes.empty()) {
        const ssize_t count = ::write(fd_.get(), bytes.data(), bytes.size());
        if (count >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
            continue;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN) return State::lost;
        const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
        pollfd entry{fd_.get(), POLLOUT, 0};
        if (left.count() <= 0 || poll(&entry, 1, timeout_of(left)) == 0) return State::lost;
        if ((entry.revents & POLLOUT) == 0 && (entry.revents & POLLHUP) != 0) return State::no_host;
    }
    return State::bytes;
}

/// The edge is taken whatever the wait ended with: after each wait the port is read.
Wake Port::wait(const Bells &bells, milliseconds timeout) {
    const Wake wake = wait_for(bells, edges_.get(), timeout);
    epoll_event event{};
    (void)epoll_wait(edges_.get(), &event, 1, 0);
    return wake;
}

}  // namespace kvmtune::agent
