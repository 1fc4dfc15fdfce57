#include "base/links.hpp"

#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>

namespace kvmtune {

namespace {

constexpr std::size_t mac_bytes = 6;
constexpr std::uint16_t type_mask = 0x3fff;  // without NLA_F_NESTED and NLA_F_NET_BYTEORDER

/// Kernel structures stand in byte strings without promise of alignment.
template <class T>
std::optional<T> struct_at(std::string_view bytes) {
    T value{};
    if (bytes.size() < sizeof(T)) return std::nullopt;
    std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
}

std::string_view rest_after(std::string_view bytes, std::size_t length) {
    constexpr std::size_t alignment = 4;
    const std::size_t aligned = (length + alignment - 1) / alignment * alignment;
    return bytes.substr(std::min(aligned, bytes.size()));
}

template <class Visit>
void each_attribute(std::string_view bytes, Visit visit) {
    while (const auto head = struct_at<rtattr>(bytes)) {
        if (head->rta_len < sizeof(rtattr) || head->rta_len > bytes.size()) return;
        visit(head->rta_type & type_mask, bytes.substr(sizeof(rtattr), head->rta_len - sizeof(rtattr)));
        bytes = rest_after(bytes, head->rta_len);
    }
}

std::string text_in(std::string_view bytes) {
    return std::string(bytes.substr(0, bytes.find('\0')));
}

/// Empty if it is no Ethernet address, or the one that stands for none.
std::string mac_in(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    if (bytes.size() != mac_bytes || bytes.find_first_not_of('\0') == std::string_view::npos) return "";
    std::string text;
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        if (!text.empty()) text += ':';
        text += digits[value >> 4];
        text += digits[value & 15u];
    }
    return text;
}

std::string kind_in(std::string_view link_info) {
    std::string kind;
    each_attribute(link_info, [&](int type, std::string_view value) {
        if (type == IFLA_INFO_KIND) kind = text_in(value);
    });
    return kind;
}

std::optional<Link> link_in(std::string_view message) {
    const auto info = struct_at<ifinfomsg>(message);
    if (!info) return std::nullopt;
    Link link;
    std::string permanent;
    link.index = static_cast<unsigned>(info->ifi_index);
    each_attribute(rest_after(message, sizeof(ifinfomsg)), [&](int type, std::string_view value) {
        if (type == IFLA_IFNAME) link.name = text_in(value);
        if (type == IFLA_ADDRESS) link.mac = mac_in(value);
        if (type == IFLA_PERM_ADDRESS) permanent = mac_in(value);
        if (type == IFLA_LINKINFO) link.kind = kind_in(value);
        if (type == IFLA_MTU) link.mtu = struct_at<unsigned>(value).value_or(0);
        if (type == IFLA_MASTER) link.master = struct_at<unsigned>(value).value_or(0);
        if (type == IFLA_MAX_MTU) link.mtu_max = struct_at<unsigned>(value).value_or(0);
    });
    if (!permanent.empty()) link.mac = permanent;
    return link;
}

struct Part {
    std::vector<Link> links;
    bool interrupted = false;  ///< links changed while they were dumped
    bool last = false;
};

/// The messages in what was received once.
Result<Part> part_in(std::string_view bytes) {
    Part part;
    while (const auto head = struct_at<nlmsghdr>(bytes)) {
        if (head->nlmsg_len < sizeof(nlmsghdr) || head->nlmsg_len > bytes.size()) break;
        const std::string_view body = bytes.substr(sizeof(nlmsghdr), head->nlmsg_len - sizeof(nlmsghdr));
        if (head->nlmsg_type == NLMSG_ERROR) {
            return system_failure("links: netlink", -struct_at<nlmsgerr>(body).value_or(nlmsgerr{-EIO, {}}).error);
        }
        part.interrupted = part.interrupted || (head->nlmsg_flags & NLM_F_DUMP_INTR) != 0;
        part.last = part.last || head->nlmsg_type == NLMSG_DONE;
        auto link = head->nlmsg_type == RTM_NEWLINK ? link_in(body) : std::nullopt;
        if (link) part.links.push_back(std::move(*link));
        bytes = rest_after(bytes, head->nlmsg_len);
    }
    return part;
}

Result<> ask_for_dump(int netlink) {
    struct {
        nlmsghdr head;
        ifinfomsg info;
    } request{};
    request.head.nlmsg_len = sizeof(request);
    request.head.nlmsg_type = RTM_GETLINK;
    request.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    if (send(netlink, &request, sizeof(request), 0) < 0) return system_failure("links: netlink send", errno);
    return {};
}

Result<Part> receive_part(int netlink) {
    std::array<char, 65536> buffer{};
    ssize_t count = -1;
    do count = recv(netlink, buffer.data(), buffer.size(), 0);
    while (count < 0 && errno == EINTR);
    if (count < 0) return system_failure("links: netlink receive", errno);
    return part_in(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
}

/// All links as one dump gives them; nullopt if they changed under it.
Result<std::optional<std::vector<Link>>> dump(int netlink) {
    TRY(ask_for_dump(netlink));
    std::vector<Link> links;
    bool interrupted = false;
    for (bool last = false; !last;) {
        Part part = TRY(receive_part(netlink));
        links.insert(links.end(), part.links.begin(), part.links.end());
        interrupted = interrupted || part.interrupted;
        last = part.last;
    }
    if (interrupted) return std::optional<std::vector<Link>>();
    return std::optional<std::vector<Link>>(std::move(links));
}

Result<ifreq> request_for(const std::string &link) {
    ifreq request{};
    if (link.empty() || link.size() >= sizeof(request.ifr_name)) {
        return failure(ErrorKind::not_found, "\"" + link + "\": no name of a link");
    }
    std::memcpy(request.ifr_name, link.data(), link.size());
    return request;
}

/// One ethtool command; the structure begins with its number.
template <class Command>
Result<> ethtool(int control, const std::string &link, const std::string &action, Command &command) {
    ifreq request = TRY(request_for(link));
    request.ifr_data = static_cast<char *>(static_cast<void *>(&command));
    if (ioctl(control, SIOCETHTOOL, &request) != 0) return system_failure(link + ": " + action, errno);
    return {};
}

Result<ethtool_channels> channels_of(int control, const std::string &link) {
    ethtool_channels channels{};
    channels.cmd = ETHTOOL_GCHANNELS;
    TRY(ethtool(control, link, "read channels", channels));
    if (channels.max_combined == 0) return failure(ErrorKind::unsupported, link + ": no combined channels");
    return channels;
}

Result<ethtool_ringparam> rings_of(int control, const std::string &link) {
    ethtool_ringparam rings{};
    rings.cmd = ETHTOOL_GRINGPARAM;
    TRY(ethtool(control, link, "read rings", rings));
    if (rings.rx_max_pending == 0 && rings.tx_max_pending == 0) {
        return failure(ErrorKind::unsupported, link + ": no rings that can be counted");
    }
    return rings;
}

}  // namespace

bool is_mac(const std::string &text) {
    constexpr std::string_view shape = "xx:xx:xx:xx:xx:xx";
    if (text.size() != shape.size()) return false;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        const bool digit = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
        if (shape[i] == 'x' ? !digit : text[i] != ':') return false;
    }
    return true;
}

Result<KernelLinks> KernelLinks::open() {
    Fd netlink(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    if (!netlink) return system_failure("links: netlink socket", errno);
    Fd control(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!control) control = Fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!control) return system_failure("links: socket", errno);
    return KernelLinks(std::move(netlink), std::move(control));
}

Result<std::vector<Link>> KernelLinks::list() const {
    constexpr int tries = 10;
    for (int i = 0; i < tries; ++i) {
        auto links = TRY(dump(netlink_.get()));
        if (!links) continue;
        std::sort(links->begin(), links->end(), [](const Link &a, const Link &b) { return a.index < b.index; });
        return std::move(*links);
    }
    return failure(ErrorKind::changed, "links: changed each time while they were read");
}

Result<> KernelLinks::set_mtu(const std::string &name, unsigned mtu) {
    ifreq request = TRY(request_for(name));
    request.ifr_mtu = static_cast<int>(mtu);
    if (ioctl(control_.get(), SIOCSIFMTU, &request) != 0) {
        return system_failure(name + ": set MTU " + std::to_string(mtu), errno);
    }
    return {};
}

Result<Channels> KernelLinks::channels(const std::string &name) const {
    const ethtool_channels channels = TRY(channels_of(control_.get(), name));
    return Channels{channels.combined_count, channels.max_combined};
}

Result<> KernelLinks::set_channels(const std::string &name, unsigned combined) {
    ethtool_channels channels = TRY(channels_of(control_.get(), name));
    if (combined == 0 || combined > channels.max_combined) {
        return failure(ErrorKind::invalid,
                       name + ": set channels: not from 1 to " + std::to_string(channels.max_combined));
    }
    channels.cmd = ETHTOOL_SCHANNELS;
    channels.combined_count = combined;
    return ethtool(control_.get(), name, "set channels " + std::to_string(combined), channels);
}

Result<Rings> KernelLinks::rings(const std::string &name) const {
    const ethtool_ringparam rings = TRY(rings_of(control_.get(), name));
    return Rings{rings.rx_pending, rings.rx_max_pending, rings.tx_pending, rings.tx_max_pending};
}

Result<> KernelLinks::set_ring(const std::string &name, Ring ring, unsigned entries) {
    ethtool_ringparam rings = TRY(rings_of(control_.get(), name));
    const unsigned most = ring == Ring::rx ? rings.rx_max_pending : rings.tx_max_pending;
    if (entries == 0 || entries > most) {
        return failure(ErrorKind::invalid, name + ": set ring: not from 1 to " + std::to_string(most));
    }
    rings.cmd = ETHTOOL_SRINGPARAM;
    (ring == Ring::rx ? rings.rx_pending : rings.tx_pending) = entries;
    return ethtool(control_.get(), name, "set ring " + std::to_string(entries), rings);
}

Result<LinkNews> LinkNews::open() {
    Fd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
    if (!fd) return system_failure("link news: netlink socket", errno);
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = RTMGRP_LINK;
    const void *bytes = &address;
    if (bind(fd.get(), static_cast<const sockaddr *>(bytes), sizeof(address)) != 0) {
        return system_failure("link news: netlink bind", errno);
    }
    return LinkNews(std::move(fd));
}

/// A message that is cut is news as well, and so is one that was lost for want of room (ENOBUFS).
void LinkNews::take() {
    std::array<char, 4096> buffer{};
    for (bool more = true; more;) {
        const ssize_t count = recv(fd_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        more = count > 0 || (count < 0 && (errno == EINTR || errno == ENOBUFS));
    }
}

}  // namespace kvmtune
