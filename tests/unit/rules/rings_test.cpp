#include "daemon/plan/rings.hpp"

#include <doctest/doctest.h>

#include "tests/unit/rules/situations.hpp"

namespace rings_test {

using namespace kvmtune::plan;

namespace {

constexpr std::uint64_t mib = 1u << 20;

unsigned ring_of(std::uint64_t memory, unsigned queues) {
    DomainFacts domain;
    domain.memory = memory;
    return rx_queue_size_for(domain, {}, queues);
}

}  // namespace

TEST_CASE("the receive ring is the policy's, else QEMU's largest") {
    DomainFacts domain = tuned_domain().facts;
    DomainPolicy policy;
    CHECK(rx_queue_size_for(domain, policy, 8) == 1024);
    policy.rx_queue_size = 512;
    CHECK(rx_queue_size_for(domain, policy, 8) == 512);
    domain.memory = 32 * mib;
    CHECK(rx_queue_size_for(domain, policy, 8) == 512);
}

TEST_CASE("a ring's entries hold a page each") {
    CHECK(ring_memory(256, 1) == mib);
    CHECK(ring_memory(1024, 8) == 32 * mib);
}

TEST_CASE("all rings of a guest hold a sixteenth of its memory at most, as long as they can be made smaller") {
    CHECK(ring_of(512 * mib, 8) == 1024);
    CHECK(ring_of(511 * mib, 8) == 512);
    CHECK(ring_of(256 * mib, 8) == 512);
    CHECK(ring_of(128 * mib, 8) == 256);
    CHECK(ring_of(64 * mib, 8) == 256);
    CHECK(ring_of(512 * mib, 10) == 512);
    CHECK(ring_of(320 * mib, 4) == 1024);
}

TEST_CASE("a guest of which no memory is known has the largest ring, and what a balloon took does not count") {
    CHECK(ring_of(0, 8) == 1024);
    DomainFacts domain;
    domain.memory = 8 * gib;
    domain.memory_at_start = 128 * mib;
    CHECK(rx_queue_size_for(domain, {}, 4) == 512);
}

TEST_CASE("rings never shrink with more memory, nor grow with more queues") {
    for (std::uint64_t memory = 16; memory <= 4096; memory += 16)
        for (unsigned queues = 1; queues < 40; ++queues) {
            const unsigned entries = ring_of(memory * mib, queues);
            CHECK(entries <= ring_of((memory + 16) * mib, queues));
            CHECK(entries >= ring_of(memory * mib, queues + 1));
            CHECK((entries == 256 || ring_memory(entries, queues) <= memory * mib / 16));
        }
}

TEST_CASE("the terms of a ring are said with their numbers") {
    DomainFacts domain;
    domain.memory = 512 * mib;
    CHECK(ring_terms(domain, 1024, 8) ==
          "1024 entries in 8 queues hold up to 32 MiB, a sixteenth of the guest's 512 MiB is 32 MiB");
    domain.memory = 0;
    CHECK(ring_terms(domain, 256, 1) == "256 entries in 1 queue hold up to 1 MiB");
}

}  // namespace rings_test
