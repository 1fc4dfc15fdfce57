// A guest as an agent finds it: a file tree with sysctls and links in memory, and an agent on it that can be stopped
// and started, as the guest can.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/links.hpp"
#include "base/root.hpp"
#include "guest-agent/protocol/frame.hpp"
#include "guest-agent/service.hpp"
#include "tests/fakes/temporary_tree.hpp"

namespace kvmtune::fakes {

constexpr const char *first_boot = "11111111-2222-3333-4444-555555555555";
constexpr const char *second_boot = "66666666-7777-8888-9999-000000000000";
constexpr const char *nic_mac = "52:54:00:12:34:56";

/// The error of what went wrong; one without words if nothing did.
template <class T>
[[nodiscard]] Error error_of(const Result<T> &result) {
    return result ? Error{} : result.error();
}

/// Links in memory. A NIC has the channels, the rings and the largest MTU that it was made with.
class FakeLinks final : public Links {
  public:
    struct Entry {
        Link link;
        std::optional<Channels> channels;
        unsigned largest_mtu = 65535;
        std::optional<Rings> rings = {};
        bool keeps_rings = false;  ///< a kernel that refuses to resize them
    };
    std::vector<Entry> entries;

    [[nodiscard]] Result<std::vector<Link>> list() const override;
    [[nodiscard]] Result<> set_mtu(const std::string &name, unsigned mtu) override;
    [[nodiscard]] Result<Channels> channels(const std::string &name) const override;
    [[nodiscard]] Result<> set_channels(const std::string &name, unsigned combined) override;
    [[nodiscard]] Result<Rings> rings(const std::string &name) const override;
    [[nodiscard]] Result<> set_ring(const std::string &name, Ring ring, unsigned size) override;
    /// The entry of this name, which must be there.
    [[nodiscard]] Entry &at(const std::string &name);
};

/// A NIC of hardware with combined channels now and at most.
[[nodiscard]] FakeLinks::Entry virtio_nic(unsigned index, const std::string &name, const std::string &mac,
                                          Channels channels);

/// A guest with eth0 (one of four channels, MTU 1500), rmem_max and wmem_max 212992, and tcp_rmem.
class FakeGuest {
  public:
    FakeGuest();

    [[nodiscard]] const std::string &folder() const { return tree_.root().path(); }
    [[nodiscard]] Root root() const;
    void write(const std::string &path, const std::string &text) const { tree_.add(path, text); }
    [[nodiscard]] std::string read(const std::string &path) const { return tree_.text(path); }
    void set(const std::string &sysctl, const std::string &value) const;
    [[nodiscard]] std::string value(const std::string &sysctl) const;
    /// As a restart of the guest leaves it: /run is empty, the kernel's values are the first ones, the boot id is new.
    void reboot(const std::string &boot_id);

    FakeLinks links;

  private:
    void start(const std::string &boot_id);

    TemporaryTree tree_;
};

/// An agent that is not connected to anything: its parts on a guest.
struct Agent {
    explicit Agent(FakeGuest &guest);

    Root root;
    agent::Record record;
    agent::Wanted wanted;
    agent::Knobs knobs;
    agent::Tuner tuner;
    agent::Session session;
};

/// An agent that serves a descriptor in a thread of its own until this goes.
class RunningAgent {
  public:
    RunningAgent(FakeGuest &guest, Fd port);
    ~RunningAgent();
    RunningAgent(const RunningAgent &) = delete;
    RunningAgent &operator=(const RunningAgent &) = delete;

  private:
    Agent agent_;
    Fd stop_;
    std::optional<agent::Port> port_;
    std::thread thread_;
};

/// Two connected stream sockets.
struct Sockets {
    Sockets();
    Fd host;
    Fd guest;
};

/// Writes all of it to a socket whose other end may be gone.
void send_all(const Fd &fd, std::string_view bytes);
/// The next frame that comes within ten seconds and more; nothing at the end of file.
[[nodiscard]] std::optional<std::string> next_frame(const Fd &fd, protocol::Framer &framer);

}  // namespace kvmtune::fakes
