// Reads what every machine has. What changes links needs root and a network namespace of its own; where there is none,
// those cases say so and pass.
#include "base/links.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <thread>

namespace links_test {

using namespace kvmtune;

namespace {

const Link *named(const std::vector<Link> &links, const std::string &name) {
    const auto found = std::find_if(links.begin(), links.end(), [&](const Link &link) { return link.name == name; });
    return found == links.end() ? nullptr : &*found;
}

/// The error of what went wrong; one without words if nothing did.
template <class T>
Error error_of(const Result<T> &result) {
    return result ? Error{} : result.error();
}

/// Runs it in a network namespace of its own, which only has lo; false if there can be none.
bool in_own_namespace(const std::function<void(KernelLinks &)> &body) {
    bool ran = false;
    std::thread([&] {
        if (unshare(CLONE_NEWNET) != 0) return;
        auto links = KernelLinks::open();
        if (!links) return;
        body(*links);
        ran = true;
    }).join();
    if (!ran) MESSAGE("no network namespace of its own: not tried");
    return ran;
}

/// A tap device in the calling thread's namespace that lives as long as the descriptor.
Fd tap(const std::string &name) {
    Fd fd(open("/dev/net/tun", O_RDWR | O_CLOEXEC));
    ifreq request{};
    std::memcpy(request.ifr_name, name.data(), name.size());
    request.ifr_flags = IFF_TAP | IFF_NO_PI;
    if (fd && ioctl(fd.get(), TUNSETIFF, &request) != 0) fd.reset();
    return fd;
}

}  // namespace

TEST_CASE("the loopback link is seen as the kernel has it") {
    const auto opened = KernelLinks::open();
    REQUIRE(opened.has_value());
    const auto links = opened->list();
    REQUIRE(links.has_value());
    const Link *lo = named(*links, "lo");
    REQUIRE(lo != nullptr);
    CHECK(lo->index == if_nametoindex("lo"));
    CHECK(lo->mac.empty());
    CHECK(lo->kind.empty());
    CHECK(lo->mtu >= 1280);
    CHECK(lo->master == 0);
    CHECK(std::is_sorted(links->begin(), links->end(), [](const Link &a, const Link &b) { return a.index < b.index; }));
    for (const Link &link : *links) CHECK((link.mac.empty() || is_mac(link.mac)));
}

TEST_CASE("what is no link has an error, not a value") {
    auto links = KernelLinks::open();
    REQUIRE(links.has_value());
    CHECK(error_of(links->channels("lo")).kind == ErrorKind::unsupported);
    CHECK(error_of(links->set_channels("lo", 1)).kind == ErrorKind::unsupported);
    CHECK(error_of(links->rings("lo")).kind == ErrorKind::unsupported);
    CHECK(error_of(links->set_ring("lo", Ring::rx, 256)).kind == ErrorKind::unsupported);
    CHECK(error_of(links->rings("no-such-link")).kind == ErrorKind::not_found);
    CHECK(error_of(links->channels("no-such-link")).kind == ErrorKind::not_found);
    CHECK(error_of(links->channels("")).kind == ErrorKind::not_found);
    CHECK(error_of(links->set_mtu("a-name-of-16-char", 1500)).kind == ErrorKind::not_found);
}

TEST_CASE("an MTU that was set is read back") {
    in_own_namespace([](KernelLinks &links) {
        REQUIRE(links.set_mtu("lo", 9000).has_value());
        const auto listed = links.list();
        REQUIRE(listed.has_value());
        REQUIRE(listed->size() >= 1);
        CHECK(named(*listed, "lo")->mtu == 9000);
        CHECK(error_of(links.set_mtu("no-such-link", 9000)).kind == ErrorKind::not_found);
    });
}

TEST_CASE("a tap has an address, a kind, a largest MTU and channels that cannot be set") {
    in_own_namespace([](KernelLinks &links) {
        const Fd device = tap("tap7");
        if (!device) {
            MESSAGE("no tap device: not tried");
            return;
        }
        const auto listed = links.list();
        REQUIRE(listed.has_value());
        const Link *link = named(*listed, "tap7");
        REQUIRE(link != nullptr);
        CHECK(is_mac(link->mac));
        CHECK(link->kind == "tun");
        CHECK(link->mtu == 1500);
        if (link->mtu_max != 0) {
            CHECK(links.set_mtu("tap7", link->mtu_max).has_value());
            CHECK(error_of(links.set_mtu("tap7", link->mtu_max + 1)).kind == ErrorKind::invalid);
            CHECK(links.set_mtu("tap7", 1500).has_value());
        }
        CHECK(error_of(links.set_mtu("tap7", 100000)).kind == ErrorKind::invalid);
        const auto channels = links.channels("tap7");
        REQUIRE(channels.has_value());
        CHECK(*channels == Channels{1, 1});
        CHECK(error_of(links.set_channels("tap7", 0)).kind == ErrorKind::invalid);
        CHECK(error_of(links.set_channels("tap7", 2)).kind == ErrorKind::invalid);
        CHECK(error_of(links.set_channels("tap7", 1)).kind == ErrorKind::unsupported);
    });
}

TEST_CASE("links that come and go are news, once") {
    in_own_namespace([](KernelLinks &links) {
        auto news = LinkNews::open();
        REQUIRE(news.has_value());
        const auto is_there = [&] {
            pollfd entry{news->fd(), POLLIN, 0};
            return poll(&entry, 1, 0) == 1;
        };
        CHECK(!is_there());
        REQUIRE(links.set_mtu("lo", 9000).has_value());
        CHECK(is_there());
        news->take();
        CHECK(!is_there());
        {
            const Fd device = tap("tap8");
            if (!device) return;
            CHECK(is_there());
            news->take();
        }
        CHECK(is_there());
    });
}

TEST_CASE("addresses have one form") {
    CHECK(is_mac("52:54:00:ab:cd:ef"));
    for (const char *wrong : {"", "52:54:00:ab:cd", "52:54:00:AB:cd:ef", "52-54-00-ab-cd-ef", "52:54:00:ab:cd:ef:01",
                              "52:54:00:ab:cd:eg", "5254:00:ab:cd:ef:0"}) {
        CAPTURE(wrong);
        CHECK(!is_mac(wrong));
    }
}

}  // namespace links_test
