// CPUs that the kernel isolates, where they are for guests, and CPUs with interrupts of uplinks.
#include <doctest/doctest.h>

#include "tests/unit/placement/hosts.hpp"

namespace isolated_test {

using namespace kvmtune;
using namespace kvmtune::plan;

namespace {

// Node 0 has CPUs 0-7, node 1 has 8-15; cores are pairs; housekeeping is 0-1 and 8-9.
const Topology box = host_of({});

Ledger isolating(const CpuSet &cpus) {
    Ledger ledger;
    ledger.unbalanced = cpus;
    return ledger;
}

Ledger interrupting(const CpuSet &cpus) {
    Ledger ledger;
    ledger.interrupted = cpus;
    return ledger;
}

Placement place(const SeatRequest &request, const Ledger &ledger, const CpuSet &housekeeping = {0, 1, 8, 9}) {
    return placement_for(box, ledger, housekeeping, {request});
}

}  // namespace

TEST_CASE("vCPUs come to isolated CPUs first, workers and the emulator to others") {
    const Placement placement = place(guest_of("a", 4, 4), isolating(CpuSet::range(4, 7)));
    const Seat &seat = placement.seats.at("a");
    CHECK(vcpu_cpus(seat) == CpuSet::range(4, 7));
    for (const auto &[vcpu, cpus] : seat.vcpus) CHECK(cpus.size() == 1);
    CHECK(worker_cpus(seat) == CpuSet{2, 3});
    CHECK(seat.emulator == CpuSet::range(0, 3));
    CHECK(placement.findings.empty());
}

TEST_CASE("vCPUs that isolated CPUs do not suffice for have others, too") {
    const Placement placement = place(guest_of("a", 4, 0), isolating({6, 7}));
    CHECK(vcpu_cpus(placement.seats.at("a")) == CpuSet{2, 3, 6, 7});
}

TEST_CASE("workers for whom only isolated CPUs are left share the emulator's") {
    SeatRequest own = guest_of("a", 2, 2);
    own.vhost_cpus = 2;
    for (const SeatRequest &guest : {guest_of("a", 2, 2), own}) {
        const Placement placement = place(guest, isolating(CpuSet::range(2, 7) | CpuSet::range(10, 15)));
        const Seat &seat = placement.seats.at("a");
        CHECK(seat.emulator == CpuSet{0, 1});
        CHECK(worker_cpus(seat) == CpuSet{0, 1});
        REQUIRE(placement.findings.size() == 1);
        CHECK(placement.findings[0].what == "no CPU is left for its 2 vhost workers: they share the emulator's");
    }
}

TEST_CASE("workers that sat on CPUs that are isolated now do not stay there") {
    SeatRequest guest = guest_of("a", 2, 2);
    guest.vhost_cpus = 1;
    guest.present.vcpus = {{0, {2}}, {1, {3}}};
    guest.present.workers[guest.queues[0]] = guest.present.workers[guest.queues[1]] = CpuSet{6};
    CHECK(worker_cpus(place(guest, {}).seats.at("a")) == CpuSet{6});
    CHECK(worker_cpus(place(guest, isolating({6, 7})).seats.at("a")) == CpuSet{4});
}

TEST_CASE("guests that share never get isolated CPUs") {
    SeatRequest guest = guest_of("a", 2, 0);
    guest.shares = true;
    const Placement placement = place(guest, isolating(CpuSet::range(2, 5) | CpuSet::range(10, 15)));
    CHECK(placement.seats.at("a").vcpus == std::map<unsigned, CpuSet>{{0, {6, 7}}, {1, {6, 7}}});
}

TEST_CASE("where all CPUs of its node are isolated the emulator reaches it by one of them") {
    SeatRequest guest = guest_of("a", 2, 0);
    guest.within = CpuSet::range(0, 7);
    const Placement placement = place(guest, isolating(CpuSet::range(0, 7)), {8, 9});
    CHECK(vcpu_cpus(placement.seats.at("a")) == CpuSet{0, 1});
    CHECK(placement.seats.at("a").emulator == CpuSet{0, 8, 9});
}

TEST_CASE("vCPUs avoid cores with interrupts while there are others on their node") {
    const Ledger ledger = interrupting({3, 4});
    CHECK(vcpu_cpus(place(guest_of("a", 2, 0), ledger).seats.at("a")) == CpuSet{6, 7});
    CHECK(vcpu_cpus(place(guest_of("a", 4, 0), ledger).seats.at("a")) == CpuSet{2, 3, 6, 7});
    CHECK(place(guest_of("a", 6, 0), ledger).findings.empty());
}

TEST_CASE("workers may sit beside interrupts, and who sits beside them stays") {
    SeatRequest guest = guest_of("a", 4, 4);
    CHECK(worker_cpus(place(guest, interrupting({2, 3})).seats.at("a")) == CpuSet{2, 3});
    guest.present.vcpus = {{0, {2}}, {1, {3}}, {2, {4}}, {3, {5}}};
    CHECK(vcpu_cpus(place(guest, interrupting({2, 3})).seats.at("a")) == CpuSet::range(2, 5));
}

TEST_CASE("interrupts are no reason to leave the uplink's node") {
    SeatRequest guest = guest_of("a", 2, 0);
    guest.near = 1;
    CHECK(place(guest, interrupting(CpuSet::range(10, 15))).seats.at("a").nodes == CpuSet{1});
}

}  // namespace isolated_test
