#include "daemon/plan/placement/placement.hpp"

#include <doctest/doctest.h>

#include "tests/unit/placement/hosts.hpp"

namespace placement_test {

using namespace kvmtune;
using namespace kvmtune::plan;

namespace {

// Node 0 has CPUs 0-7, node 1 has 8-15; cores are pairs; housekeeping is 0-1 and 8-9.
const Topology box = host_of({});

Placement place(const std::vector<SeatRequest> &requests, const Ledger &ledger = {}, const Topology &topology = box) {
    return placement_for(topology, ledger, housekeeping_cpus(topology, std::nullopt), requests);
}

Seat seat_of(const Placement &placement, const std::string &uuid) {
    REQUIRE(placement.seats.count(uuid) == 1);
    return placement.seats.at(uuid);
}

}  // namespace

TEST_CASE("housekeeping is the first core of each node, with its siblings, unless the policy names CPUs") {
    CHECK(housekeeping_cpus(box, std::nullopt) == CpuSet{0, 1, 8, 9});
    CHECK(housekeeping_cpus(box, CpuSet{2, 99}) == CpuSet{2});
    CHECK(housekeeping_cpus(box, CpuSet{}).empty());
}

TEST_CASE("... and a node with many cores keeps one of 24 for the host") {
    CHECK(housekeeping_cpus(host_of({2, 24, 2}), std::nullopt) == CpuSet{0, 1, 48, 49});
    CHECK(housekeeping_cpus(host_of({1, 25, 2}), std::nullopt) == CpuSet{0, 1, 2, 3});
    CHECK(housekeeping_cpus(host_of({1, 64, 1}), std::nullopt) == CpuSet{0, 1, 2});
}

TEST_CASE("a guest gets a CPU for each vCPU on one node, a worker CPU for two queues and housekeeping for QEMU") {
    const Placement placement = place({guest_of("a", 4, 4)});
    const Seat seat = seat_of(placement, "a");
    CHECK(seat.vcpus == std::map<unsigned, CpuSet>{{0, {2}}, {1, {3}}, {2, {4}}, {3, {5}}});
    CHECK(worker_cpus(seat) == CpuSet{6, 7});
    CHECK(seat.emulator == CpuSet{0, 1, 6, 7});
    CHECK(placement.findings.empty());
}

TEST_CASE("with fewer CPUs than queues the workers take turns") {
    const Seat seat = seat_of(place({guest_of("a", 4, 4)}), "a");
    CHECK(seat.workers.at({"52:54:00:00:00:01", 0}) == CpuSet{6});
    CHECK(seat.workers.at({"52:54:00:00:00:01", 1}) == CpuSet{7});
    CHECK(seat.workers.at({"52:54:00:00:00:01", 2}) == CpuSet{6});
    CHECK(seat.workers.at({"52:54:00:00:00:01", 3}) == CpuSet{7});
}

TEST_CASE("the policy's number of vhost CPUs borrows from another node when its own is full") {
    SeatRequest guest = guest_of("a", 4, 4);
    guest.vhost_cpus = 4;
    const Placement placement = place({guest});
    const Seat seat = seat_of(placement, "a");
    CHECK(vcpu_cpus(seat) == CpuSet{2, 3, 4, 5});
    CHECK(worker_cpus(seat) == CpuSet{6, 7, 10, 11});
    CHECK(seat.emulator == CpuSet{0, 1, 6, 7, 10, 11});
    CHECK(placement.findings.empty());
}

TEST_CASE("without a number of the policy's no worker leaves the guest's node") {
    const Seat seat = seat_of(place({guest_of("a", 4, 8)}), "a");
    CHECK(worker_cpus(seat) == CpuSet{6, 7});
}

TEST_CASE("vhost CPUs that are not there are a finding that names the guest") {
    SeatRequest guest = guest_of("a", 4, 8);
    guest.vhost_cpus = 8;
    Ledger ledger;
    ledger.taken["other"] = CpuSet::range(10, 15);
    const Placement placement = place({guest}, ledger);
    CHECK(worker_cpus(seat_of(placement, "a")) == CpuSet{6, 7});
    REQUIRE(placement.findings.size() == 1);
    CHECK(placement.findings[0].about == "a");
    CHECK(placement.findings[0].what == "its 8 vhost workers should have 8 CPUs; only 2 are left for them");
}

TEST_CASE("the second guest goes where there is more room") {
    const Placement placement = place({guest_of("a", 4, 2), guest_of("b", 4, 2)});
    CHECK(vcpu_cpus(seat_of(placement, "a")) == CpuSet{2, 3, 4, 5});
    CHECK(vcpu_cpus(seat_of(placement, "b")) == CpuSet{10, 11, 12, 13});
}

TEST_CASE("two guests never share a core, even if a thread of it stays idle") {
    const Topology small = host_of({1, 4, 2, 64 * gib});
    const Placement placement = place({guest_of("a", 1, 0), guest_of("b", 1, 0), guest_of("c", 1, 0)}, {}, small);
    CHECK(vcpu_cpus(seat_of(placement, "a")) == CpuSet{2});
    CHECK(vcpu_cpus(seat_of(placement, "b")) == CpuSet{4});
    CHECK(vcpu_cpus(seat_of(placement, "c")) == CpuSet{6});
}

TEST_CASE("a guest's worker may sit beside its own vCPU, where nobody else may") {
    const Topology small = host_of({1, 3, 2, 64 * gib});
    const Seat seat = seat_of(place({guest_of("a", 3, 2)}, {}, small), "a");
    CHECK(vcpu_cpus(seat) == CpuSet{2, 3, 4});
    CHECK(worker_cpus(seat) == CpuSet{5});
}

TEST_CASE("workers of two guests share the pool's CPUs when there are no others") {
    const Topology small = host_of({1, 6, 1, 64 * gib});
    const Placement placement = place({guest_of("a", 2, 2), guest_of("b", 2, 2)}, {}, small);
    CHECK(worker_cpus(seat_of(placement, "a")) == CpuSet{3});
    CHECK(worker_cpus(seat_of(placement, "b")) == CpuSet{3});
    CHECK(placement.findings.empty());
}

TEST_CASE("workers that find no CPU stay on the emulator's, with a finding") {
    const Topology small = host_of({1, 3, 1, 64 * gib});
    const Placement placement = place({guest_of("a", 2, 2)}, {}, small);
    const Seat seat = seat_of(placement, "a");
    CHECK(seat.emulator == CpuSet{0});
    CHECK(worker_cpus(seat) == CpuSet{0});
    REQUIRE(placement.findings.size() == 1);
    CHECK(placement.findings[0].about == "a");
}

TEST_CASE("a guest that fits nowhere is not pinned at all, and a finding says so") {
    const Placement placement = place({guest_of("big", 13, 1)});
    CHECK(placement.seats.empty());
    REQUIRE(placement.findings.size() == 1);
    CHECK(placement.findings[0].about == "big");
    CHECK(placement.findings[0].what.find("13 vCPUs") != std::string::npos);
    CHECK(placement.findings[0].what.find("nothing is pinned") != std::string::npos);
}

TEST_CASE("a guest whose memory fits nowhere is not pinned") {
    SeatRequest guest = guest_of("a", 2, 1);
    guest.memory = 129 * gib;
    CHECK(place({guest}).seats.empty());
}

TEST_CASE("a node's memory is shared out") {
    SeatRequest first = guest_of("a", 1, 0);
    first.memory = 40 * gib;
    SeatRequest second = guest_of("b", 1, 0);
    second.memory = 40 * gib;
    SeatRequest third = guest_of("c", 1, 0);
    third.memory = 40 * gib;
    const Placement placement = place({first, second, third});
    CHECK(vcpu_cpus(seat_of(placement, "a")) == CpuSet{2});
    CHECK(vcpu_cpus(seat_of(placement, "b")) == CpuSet{10});
    CHECK(placement.seats.count("c") == 0);
}

TEST_CASE("memory of a guest that the user pinned to a node is taken before all others'") {
    SeatRequest pinned = guest_of("z", 1, 0);
    pinned.pins = {{0, {2}}};
    pinned.memory = 60 * gib;
    SeatRequest guest = guest_of("a", 2, 0);
    guest.memory = 10 * gib;
    Ledger ledger;
    ledger.taken["other"] = CpuSet::range(12, 15);
    CHECK(vcpu_cpus(seat_of(place({guest}, ledger), "a")) == CpuSet{2, 3});
    CHECK(vcpu_cpus(seat_of(place({guest, pinned}, ledger), "a")) == CpuSet{10, 11});
}

TEST_CASE("a numatune that names a node decides for that node") {
    SeatRequest guest = guest_of("a", 2, 1);
    guest.memory_nodes = CpuSet{1};
    CHECK(vcpu_cpus(seat_of(place({guest}), "a")) == CpuSet{10, 11});
    guest.memory_nodes = CpuSet{7};
    CHECK(place({guest}).seats.empty());
}

TEST_CASE("CPUs that others pinned are avoided, and so are their siblings") {
    Ledger ledger;
    ledger.taken["other"] = CpuSet{2, 5};
    ledger.taken["another"] = CpuSet::range(8, 15);
    CHECK(vcpu_cpus(seat_of(place({guest_of("a", 2, 0)}, ledger), "a")) == CpuSet{6, 7});
}

TEST_CASE("a vCPU that the user pinned keeps its pin and draws the rest to its node") {
    SeatRequest guest = guest_of("a", 2, 1);
    guest.pins = {{0, {12}}};
    const Seat seat = seat_of(place({guest}), "a");
    CHECK(seat.vcpus == std::map<unsigned, CpuSet>{{1, {13}}});
    CHECK(seat.emulator == CpuSet{8, 9, 10});
}

TEST_CASE("a user's pin is taken for all others") {
    SeatRequest guest = guest_of("z", 1, 0);
    guest.pins = {{0, {2}}};
    const Placement placement = place({guest, guest_of("a", 2, 0)});
    CHECK_FALSE(vcpu_cpus(seat_of(placement, "a")).intersects({2, 3}));
}

TEST_CASE("vCPUs stay within the user's cpuset") {
    SeatRequest guest = guest_of("a", 2, 0);
    guest.within = CpuSet{6, 7};
    CHECK(vcpu_cpus(seat_of(place({guest}), "a")) == CpuSet{6, 7});
    guest.within = CpuSet{6};
    CHECK(place({guest}).seats.empty());
}

TEST_CASE("workers stay within the emulatorpin that the user wrote, which is not ours to wish") {
    SeatRequest guest = guest_of("a", 2, 4);
    guest.emulator = CpuSet{6, 7};
    const Seat seat = seat_of(place({guest}), "a");
    CHECK_FALSE(seat.emulator);
    CHECK(worker_cpus(seat) == CpuSet{6, 7});
    CHECK_FALSE(vcpu_cpus(seat).intersects({6, 7}));
}

TEST_CASE("the emulator touches the node of the memory even when housekeeping is elsewhere") {
    SeatRequest guest = guest_of("a", 2, 0);
    guest.memory_nodes = CpuSet{1};
    const Placement placement = placement_for(box, {}, CpuSet{0}, {guest});
    CHECK(seat_of(placement, "a").emulator == CpuSet{0, 8, 9});
    CHECK(vcpu_cpus(seat_of(placement, "a")) == CpuSet{8, 9});
}

TEST_CASE("who sits somewhere stays there when somebody with a lower UUID comes") {
    SeatRequest first = guest_of("m", 4, 4);
    first.present = seat_of(place({first}), "m");
    const Placement placement = place({first, guest_of("a", 4, 4)});
    CHECK(seat_of(placement, "m") == first.present);
    CHECK(vcpu_cpus(seat_of(placement, "a")) == CpuSet{10, 11, 12, 13});
}

TEST_CASE("a present seat is left when the user pins somebody else there") {
    SeatRequest first = guest_of("a", 2, 0);
    first.present.vcpus = {{0, {4}}, {1, {5}}};
    SeatRequest second = guest_of("b", 1, 0);
    second.pins = {{0, {5}}};
    CHECK_FALSE(vcpu_cpus(seat_of(place({first, second}), "a")).intersects({4, 5}));
}

TEST_CASE("a present seat on CPUs that became housekeeping is left") {
    SeatRequest guest = guest_of("a", 2, 0);
    guest.present.vcpus = {{0, {4}}, {1, {5}}};
    const Placement placement = placement_for(box, {}, CpuSet{4, 12}, {guest});
    CHECK_FALSE(vcpu_cpus(seat_of(placement, "a")).contains(4));
}

TEST_CASE("a guest that grows keeps the CPUs it has") {
    SeatRequest guest = guest_of("a", 4, 0);
    guest.present.vcpus = {{0, {12}}, {1, {13}}};
    const Seat seat = seat_of(place({guest}), "a");
    CHECK(seat.vcpus.at(0) == CpuSet{12});
    CHECK(seat.vcpus.at(1) == CpuSet{13});
    CHECK(vcpu_cpus(seat) == CpuSet{10, 11, 12, 13});
}

TEST_CASE("workers of a guest that is off stay on the CPUs that its emulatorpin has") {
    SeatRequest guest = guest_of("a", 2, 2);
    guest.present.vcpus = {{0, {2}}, {1, {3}}};
    guest.present.emulator = CpuSet{0, 1, 7};
    const Seat seat = seat_of(place({guest}), "a");
    CHECK(worker_cpus(seat) == CpuSet{7});
    CHECK(seat.emulator == CpuSet{0, 1, 7});
}

TEST_CASE("workers give way to the vCPUs of a newcomer when there is no other room") {
    const Topology small = host_of({1, 4, 2, 64 * gib});
    SeatRequest first = guest_of("m", 4, 4);
    first.present = seat_of(place({first}, {}, small), "m");
    REQUIRE(worker_cpus(first.present) == CpuSet{6, 7});
    const Placement placement = place({first, guest_of("n", 2, 0)}, {}, small);
    CHECK(vcpu_cpus(seat_of(placement, "n")) == CpuSet{6, 7});
    CHECK(seat_of(placement, "m").vcpus == first.present.vcpus);
    CHECK(worker_cpus(seat_of(placement, "m")) == CpuSet{0, 1});
}

TEST_CASE("worker CPUs that the policy gave by number do not give way") {
    const Topology small = host_of({1, 4, 2, 64 * gib});
    SeatRequest first = guest_of("m", 4, 4);
    first.vhost_cpus = 2;
    first.present = seat_of(place({first}, {}, small), "m");
    const Placement placement = place({first, guest_of("n", 2, 0)}, {}, small);
    CHECK(seat_of(placement, "m") == first.present);
    CHECK(placement.seats.count("n") == 0);
}

TEST_CASE("a newcomer takes other CPUs than those of seated workers as long as there are some") {
    SeatRequest first = guest_of("m", 4, 4);
    first.present = seat_of(place({first}), "m");
    Ledger ledger;
    ledger.taken["other"] = CpuSet::range(10, 13);
    const Placement placement = place({first, guest_of("a", 2, 0)}, ledger);
    CHECK(vcpu_cpus(seat_of(placement, "a")) == CpuSet{14, 15});
    CHECK(seat_of(placement, "m") == first.present);
}

TEST_CASE("a core on which users pinned two guests is nobody's to fill") {
    const Topology wide = host_of({1, 2, 4, 64 * gib});
    SeatRequest first = guest_of("a", 2, 0);
    first.pins = {{0, {4}}};
    CHECK(place({first}, {}, wide).seats.count("a") == 1);
    SeatRequest second = guest_of("b", 1, 0);
    second.pins = {{0, {5}}};
    CHECK(place({first, second}, {}, wide).seats.count("a") == 0);
}

TEST_CASE("siblings are found by core, also where their numbers lie apart") {
    Topology apart;
    Node node{0, 64 * gib, CpuSet::range(0, 7)};
    for (unsigned cpu = 0; cpu < 8; ++cpu) apart.cpus.push_back({cpu, cpu % 4, 0});
    apart.nodes = {node};
    CHECK(housekeeping_cpus(apart, std::nullopt) == CpuSet{0, 4});
    const Seat seat = seat_of(place({guest_of("a", 2, 0)}, {}, apart), "a");
    CHECK(vcpu_cpus(seat) == CpuSet{1, 5});
}

TEST_CASE("a domain without vCPUs or a host without CPUs gives findings and no seat") {
    CHECK(place({guest_of("a", 0, 1)}).seats.empty());
    CHECK(place({guest_of("a", 1, 1)}, {}, Topology{}).seats.empty());
    CHECK(place({guest_of("a", 1, 1)}, {}, Topology{}).findings.size() == 1);
}

TEST_CASE("a newcomer whom the user pinned sends nobody away by his memory") {
    const Topology small = host_of({1, 3, 1, 16 * gib});
    auto sitting = guest_of("a", 1, 0);
    sitting.memory = 8 * gib;
    sitting.present.vcpus[0] = CpuSet{1};
    auto pinned = guest_of("b", 1, 0);
    pinned.memory = 9 * gib;
    pinned.pins[0] = CpuSet{2};
    CHECK(vcpu_cpus(seat_of(place({sitting, pinned}, {}, small), "a")) == CpuSet{1});
}

TEST_CASE("a worker CPU of its own, by number, comes before a newcomer's workers in the pool") {
    const Topology small = host_of({1, 4, 1, 16 * gib});
    auto sitting = guest_of("k", 1, 1);
    sitting.present.vcpus[0] = CpuSet{1};
    sitting.vhost_cpus = 1;
    const auto newcomer = guest_of("n", 1, 1);
    const Placement first = place({sitting, newcomer}, {}, small);
    CHECK(worker_cpus(seat_of(first, "k")) == CpuSet{3});
    sitting.present = seat_of(first, "k");
    auto seated = newcomer;
    seated.present = seat_of(first, "n");
    CHECK(place({sitting, seated}, {}, small) == first);
}

TEST_CASE("housekeeping CPUs that are no more do not become its workers' own") {
    auto guest = guest_of("a", 2, 2);
    guest.vhost_cpus = 2;
    guest.present.vcpus = {{0, {4}}, {1, {5}}};
    guest.present.emulator = CpuSet{0, 1, 2, 3, 6, 7};
    guest.present.workers = {{guest.queues[0], {6}}, {guest.queues[1], {7}}};
    CHECK(worker_cpus(seat_of(place({guest}), "a")) == CpuSet{6, 7});
}

}  // namespace placement_test
