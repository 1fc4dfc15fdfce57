#include "tests/unit/agent/fake_guest.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>

#include "base/canonical.hpp"
#include "base/sysctl.hpp"

namespace kvmtune::fakes {

namespace {

/// A step of the test's own that cannot go wrong.
template <class T>
T sure(Result<T> result) {
    if (!result) std::abort();
    return std::move(*result);
}

}  // namespace

Result<std::vector<Link>> FakeLinks::list() const {
    std::vector<Link> links;
    for (const Entry &entry : entries) links.push_back(entry.link);
    return links;
}

Result<> FakeLinks::set_mtu(const std::string &name, unsigned mtu) {
    if (mtu > at(name).largest_mtu) return failure(ErrorKind::invalid, name + ": Invalid argument");
    at(name).link.mtu = mtu;
    return {};
}

Result<Channels> FakeLinks::channels(const std::string &name) const {
    for (const Entry &entry : entries) {
        if (entry.link.name == name && entry.channels) return *entry.channels;
    }
    return failure(ErrorKind::unsupported, name + ": Operation not supported");
}

Result<> FakeLinks::set_channels(const std::string &name, unsigned combined) {
    at(name).channels->now = combined;
    return {};
}

Result<Rings> FakeLinks::rings(const std::string &name) const {
    for (const Entry &entry : entries) {
        if (entry.link.name == name && entry.rings) return *entry.rings;
    }
    return failure(ErrorKind::unsupported, name + ": Operation not supported");
}

Result<> FakeLinks::set_ring(const std::string &name, Ring ring, unsigned size) {
    Entry &entry = at(name);
    if (entry.keeps_rings) return failure(ErrorKind::failed, name + ": set ring: Cannot allocate memory");
    (ring == Ring::rx ? entry.rings->rx : entry.rings->tx) = size;
    return {};
}

FakeLinks::Entry &FakeLinks::at(const std::string &name) {
    for (Entry &entry : entries) {
        if (entry.link.name == name) return entry;
    }
    std::abort();
}

FakeLinks::Entry virtio_nic(unsigned index, const std::string &name, const std::string &mac, Channels channels) {
    return {Link{index, name, mac, "", 1500, 0}, channels, 65535};
}

FakeGuest::FakeGuest() {
    start(first_boot);
}

void FakeGuest::start(const std::string &boot_id) {
    write("proc/sys/kernel/random/boot_id", boot_id + "\n");
    write("proc/meminfo", "MemTotal:        2048000 kB\nMemFree:          100000 kB\n");
    write("sys/devices/system/cpu/online", "0-3\n");
    set("net.core.rmem_max", "212992");
    set("net.core.wmem_max", "212992");
    set("net.ipv4.tcp_rmem", "4096\t131072\t6291456");
    tree_.add_folder("run");
    tree_.add_folder("var/lib");
    links.entries = {{Link{1, "lo", "", "", 65536, 0}, std::nullopt, 65536},
                     virtio_nic(2, "eth0", nic_mac, Channels{1, 4})};
}

void FakeGuest::reboot(const std::string &boot_id) {
    std::filesystem::remove_all(folder() + "/run");
    start(boot_id);
}

Root FakeGuest::root() const {
    return sure(Root::open(folder()));
}

void FakeGuest::set(const std::string &sysctl, const std::string &value) const {
    write(sysctl_path(sysctl), value + "\n");
}

std::string FakeGuest::value(const std::string &sysctl) const {
    return canonical_sysctl(read(sysctl_path(sysctl)));
}

Agent::Agent(FakeGuest &guest)
    : root(guest.root()),
      record(sure(agent::Record::open(root, sure(agent::boot_id(root))))),
      wanted(root),
      knobs(root, guest.links),
      tuner(knobs, record, wanted),
      session(knobs, tuner, sure(agent::boot_id(root))) {}

RunningAgent::RunningAgent(FakeGuest &guest, Fd port)
    : agent_(guest), stop_(eventfd(0, EFD_CLOEXEC)), port_(sure(agent::Port::over(std::move(port)))) {
    thread_ = std::thread([this] {
        sigset_t pipe;
        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
        (void)agent_.tuner.put_again();
        agent::Readiness nobody_waits("", agent::Readiness::Clock::time_point::min());
        (void)agent::serve(*port_, agent_.session, agent::Bells{stop_.get()}, nobody_waits);
        port_.reset();
    });
}

RunningAgent::~RunningAgent() {
    const std::uint64_t one = 1;
    if (::write(stop_.get(), &one, sizeof(one)) != sizeof(one)) std::abort();
    thread_.join();
}

Sockets::Sockets() {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) std::abort();
    host = Fd(ends[0]);
    guest = Fd(ends[1]);
}

void send_all(const Fd &fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count < 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

std::optional<std::string> next_frame(const Fd &fd, protocol::Framer &framer) {
    constexpr int patience = 30000;
    while (true) {
        if (auto frame = framer.take()) return frame;
        pollfd entry{fd.get(), POLLIN, 0};
        if (poll(&entry, 1, patience) <= 0) return std::nullopt;
        std::array<char, 4096> buffer{};
        const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
        if (count <= 0) return std::nullopt;
        framer.feed(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
    }
}

}  // namespace kvmtune::fakes
