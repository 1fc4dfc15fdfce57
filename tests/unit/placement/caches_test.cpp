// Last-level caches and kinds of cores.
#include <doctest/doctest.h>

#include "tests/unit/placement/hosts.hpp"

namespace caches_test {

using namespace kvmtune;
using namespace kvmtune::plan;

namespace {

Placement place(const Topology &topology, const std::vector<SeatRequest> &requests, const CpuSet &housekeeping) {
    return placement_for(topology, {}, housekeeping, requests);
}

CpuSet caches_of(const CpuSet &cpus, const Topology &topology) {
    CpuSet caches;
    for (const Cpu &cpu : topology.cpus)
        if (cpus.contains(cpu.index)) caches.insert(cpu.cache);
    return caches;
}

// One node of twelve cores behind three caches: CPUs 0-3, 4-7 and 8-11.
const Topology three_caches = host_of({1, 12, 1, 64 * gib, 3});

// Four fast cores with SMT (CPUs 0-7) and four slow ones (8-11).
const Topology hybrid = host_of({1, 8, 2, 64 * gib, 1, 4});

}  // namespace

TEST_CASE("a guest sits behind the cache that it fits best, and its workers with it") {
    CHECK(vcpu_cpus(place(three_caches, {guest_of("a", 3, 0)}, {0}).seats.at("a")) == CpuSet{1, 2, 3});
    const auto seat = place(three_caches, {guest_of("a", 3, 2)}, {0}).seats.at("a");
    CHECK(vcpu_cpus(seat) == CpuSet{4, 5, 6});
    CHECK(worker_cpus(seat) == CpuSet{7});
}

TEST_CASE("where there is room each guest has its workers behind its own cache, also those who come later") {
    const auto placement = place(three_caches, {guest_of("a", 2, 2), guest_of("b", 2, 2), guest_of("c", 2, 2)}, {0});
    for (const auto &[uuid, seat] : placement.seats) {
        CHECK(caches_of(vcpu_cpus(seat), three_caches).size() == 1);
        CHECK(caches_of(worker_cpus(seat), three_caches) == caches_of(vcpu_cpus(seat), three_caches));
    }
}

TEST_CASE("a guest that fits behind no cache is behind as few as there are") {
    const auto seat = place(three_caches, {guest_of("a", 6, 0)}, {0, 4}).seats.at("a");
    CHECK(caches_of(vcpu_cpus(seat), three_caches).size() == 2);
    CHECK(vcpu_cpus(seat).contains(CpuSet::range(8, 11)));
}

TEST_CASE("who moves in beside its own vCPUs stays behind their cache") {
    auto guest = guest_of("a", 3, 0);
    guest.present.vcpus[0] = CpuSet{9};
    CHECK(vcpu_cpus(place(three_caches, {guest}, {0}).seats.at("a")) == CpuSet{8, 9, 10});
}

TEST_CASE("fast cores come first, then slow ones, and both only with a finding") {
    const auto first = place(hybrid, {guest_of("a", 6, 0)}, {0, 1});
    CHECK(vcpu_cpus(first.seats.at("a")) == CpuSet::range(2, 7));
    const auto second = place(hybrid, {guest_of("a", 6, 0), guest_of("b", 4, 0)}, {0, 1});
    CHECK(vcpu_cpus(second.seats.at("b")) == CpuSet::range(8, 11));
    CHECK(second.findings.empty());
    const auto mixed = place(hybrid, {guest_of("a", 8, 0)}, {0, 1});
    REQUIRE(mixed.findings.size() == 1);
    CHECK(mixed.findings[0].what == "its vCPUs are on fast and on slow cores: no kind of core has room for all");
}

}  // namespace caches_test
