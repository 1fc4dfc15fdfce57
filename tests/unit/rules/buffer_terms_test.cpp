#include "daemon/plan/rules/buffer_terms.hpp"

#include <doctest/doctest.h>

#include "tests/unit/placement/hosts.hpp"

namespace buffer_terms_test {

using namespace kvmtune::plan;

TEST_CASE("half of a buffer is window: 16 MiB fill 10 Gbit/s over 6.7 ms") {
    CHECK(round_trip_filled(16u << 20) == 67);
    CHECK(round_trip_filled(8u << 20) == 33);
    CHECK(round_trip_filled(0) == 0);
}

TEST_CASE("a host's buffers are explained by its memory") {
    CHECK(host_buffer_terms("net.core.rmem_max", 4 * gib) ==
          "the smaller of the recipe's 16 MiB and a 512th of this host's 4 GiB");
    CHECK(host_buffer_terms("net.core.wmem_default", 64 * gib) ==
          "the smaller of the recipe's 1 MiB and what 10000 full sockets have in an eighth of this host's 64 GiB");
    CHECK(host_buffer_terms("net.ipv4.tcp_rmem", 4 * gib) ==
          "the smaller of the recipe's 16 MiB and a 512th of this host's 4 GiB; a stream fills 10 Gbit/s over a round "
          "trip of 3.3 ms");
    CHECK(host_buffer_terms("net.ipv4.tcp_wmem", 0) ==
          "the recipe's 16 MiB; a stream fills 10 Gbit/s over a round trip of 6.7 ms");
}

TEST_CASE("a guest's buffers are explained by its memory") {
    CHECK(guest_buffer_terms("net.core.rmem_max", gib / 2) ==
          "the smaller of the recipe's 16 MiB and a 64th of the guest's 512 MiB, at least 1 MiB");
    CHECK(guest_buffer_terms("net.ipv4.tcp_wmem", 8 * gib) ==
          "the smaller of the recipe's 16 MiB and a 64th of the guest's 8 GiB, at least 1 MiB; a stream fills 10 "
          "Gbit/s over a round trip of 6.7 ms");
    CHECK(guest_buffer_terms("net.core.rmem_default", 8 * gib) == "the recipe's 1 MiB, as the guest has 8 GiB");
    CHECK(guest_buffer_terms("net.core.rmem_default", gib / 2).empty());
}

TEST_CASE("what does not follow from memory has no such terms") {
    for (const std::string sysctl : {"net.core.somaxconn", "net.core.netdev_max_backlog", "net.ipv4.tcp_mtu_probing"}) {
        CHECK(host_buffer_terms(sysctl, gib).empty());
        CHECK(guest_buffer_terms(sysctl, gib).empty());
    }
}

}  // namespace buffer_terms_test
