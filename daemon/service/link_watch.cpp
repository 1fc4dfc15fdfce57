#include "daemon/service/link_watch.hpp"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace kvmtune::service {

Result<Fd> watch_links() {
    Fd links(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
    if (!links) return system_failure("watch the links", errno);
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = RTMGRP_LINK;
    const void *untyped = &address;
    if (::bind(links.get(), static_cast<const sockaddr *>(untyped), sizeof address) != 0)
        return system_failure("watch the links", errno);
    return links;
}

void drain(const Fd &links) {
    std::array<char, 16384> told{};
    // ENOBUFS says that more was told than there was room for: that is news as well.
    while (::recv(links.get(), told.data(), told.size(), 0) > 0 || errno == ENOBUFS) errno = 0;
}

}  // namespace kvmtune::service
