// The network links of this machine, by netlink and ioctl alone, so that the guest's static agent can stand on it too.
// Links is the seam: KernelLinks is the kernel's, tests put a small world of their own in its place.
#pragma once

#include <string>
#include <vector>

#include "base/file.hpp"
#include "base/result.hpp"

namespace kvmtune {

struct Link {
    unsigned index = 0;  ///< what the name stands for: names are reused, indices hardly
    std::string name;
    std::string mac;   ///< lower case, the permanent one where the kernel knows it (a bond's ports share the other);
                       ///< empty for what has no Ethernet address
    std::string kind;  ///< "bridge", "tun", "veth", "vlan", ...; empty for a device of hardware and for lo
    unsigned mtu = 0;
    unsigned master = 0;   ///< index of the bridge or bond that it is a port of; 0: none
    unsigned mtu_max = 0;  ///< what the device takes; 0: unknown, as before kernel 4.19

    bool operator==(const Link &) const = default;
};

/// Combined channels (queue pairs) of a NIC.
struct Channels {
    unsigned now = 0;
    unsigned max = 0;

    bool operator==(const Channels &) const = default;
};

/// Which of a NIC's rings: the one it receives into or the one it sends from.
enum class Ring { rx, tx };

/// Entries of a NIC's rings.
struct Rings {
    unsigned rx = 0;
    unsigned rx_max = 0;  ///< 0: it has no such ring
    unsigned tx = 0;
    unsigned tx_max = 0;

    bool operator==(const Rings &) const = default;
};

/// Whether it is an Ethernet address in our form: six pairs of lower-case hexadecimal digits joined by colons.
[[nodiscard]] bool is_mac(const std::string &text);

class Links {
  public:
    virtual ~Links() = default;

    /// All links of the network namespace, in ascending order of index.
    [[nodiscard]] virtual Result<std::vector<Link>> list() const = 0;
    /// Sets a link's MTU in bytes. The device's own limits make it invalid.
    [[nodiscard]] virtual Result<> set_mtu(const std::string &name, unsigned mtu) = 0;
    /// Combined channels; unsupported if the device has none.
    [[nodiscard]] virtual Result<Channels> channels(const std::string &name) const = 0;
    /// Sets the number of combined channels and leaves those of other kinds as they are.
    [[nodiscard]] virtual Result<> set_channels(const std::string &name, unsigned combined) = 0;
    /// The sizes of its rings; unsupported if the device has none that can be counted.
    [[nodiscard]] virtual Result<Rings> rings(const std::string &name) const = 0;
    /// Sets the size of one ring and leaves the others as they are. A virtio NIC refuses unless its device has
    /// VIRTIO_F_RING_RESET, which vhost-net has in kernel 6.12 and not in 6.1.
    [[nodiscard]] virtual Result<> set_ring(const std::string &name, Ring ring, unsigned entries) = 0;
};

/// The kernel's links of the network namespace in which it was opened.
class KernelLinks : public Links {
  public:
    [[nodiscard]] static Result<KernelLinks> open();

    [[nodiscard]] Result<std::vector<Link>> list() const override;
    [[nodiscard]] Result<> set_mtu(const std::string &name, unsigned mtu) override;
    [[nodiscard]] Result<Channels> channels(const std::string &name) const override;
    [[nodiscard]] Result<> set_channels(const std::string &name, unsigned combined) override;
    [[nodiscard]] Result<Rings> rings(const std::string &name) const override;
    [[nodiscard]] Result<> set_ring(const std::string &name, Ring ring, unsigned entries) override;

  private:
    KernelLinks(Fd netlink, Fd control) : netlink_(std::move(netlink)), control_(std::move(control)) {}

    Fd netlink_;
    Fd control_;
};

/// Tells that links came, went or changed, without a look at them: for a poll(2) that wakes only then.
class LinkNews {
  public:
    /// The kernel's, of the network namespace in which it was opened.
    [[nodiscard]] static Result<LinkNews> open();
    /// What comes over this datagram socket.
    explicit LinkNews(Fd fd) : fd_(std::move(fd)) {}

    /// Readable when there is news.
    [[nodiscard]] int fd() const { return fd_.get(); }
    /// Takes all that has come, so that the descriptor is quiet until more comes.
    void take();

  private:
    Fd fd_;
};

}  // namespace kvmtune
