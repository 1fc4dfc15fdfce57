// Guests that fit on no NUMA node.
#include <doctest/doctest.h>

#include "tests/unit/placement/hosts.hpp"

namespace spread_test {

using namespace kvmtune;
using namespace kvmtune::plan;

namespace {

// Node 0 has CPUs 0-7, node 1 has 8-15; cores are pairs; housekeeping is 0-1 and 8-9.
const Topology box = host_of({});

Placement place(const std::vector<SeatRequest> &requests, const Topology &topology = box, const Ledger &ledger = {}) {
    return placement_for(topology, ledger, housekeeping_cpus(topology, std::nullopt), requests);
}

/// Four nodes of two cores with two threads; 0 and 1 are near each other, and 2 and 3.
Topology two_pairs() {
    Topology topology = host_of({4, 2, 2});
    const auto near = [](unsigned from, unsigned to) { return from == to ? 10u : from / 2 == to / 2 ? 12u : 32u; };
    for (Node &node : topology.nodes)
        for (unsigned to = 0; to < 4; ++to) node.distances[to] = near(node.index, to);
    return topology;
}

CpuSet nodes_of(const std::vector<SeatRequest> &requests, const Topology &topology, const Ledger &ledger = {}) {
    return place(requests, topology, ledger).seats.at(requests.back().uuid).nodes;
}

}  // namespace

TEST_CASE("a guest with more vCPUs than a node has sits on two, in blocks of whole cores, and a finding says so") {
    const Placement placement = place({guest_of("big", 7, 0)});
    const Seat &seat = placement.seats.at("big");
    CHECK(seat.nodes == CpuSet{0, 1});
    CHECK(seat.vcpus ==
          std::map<unsigned, CpuSet>{{0, {2}}, {1, {3}}, {2, {4}}, {3, {5}}, {4, {10}}, {5, {11}}, {6, {12}}});
    CHECK(seat.emulator == CpuSet{0, 1, 8, 9});
    REQUIRE(placement.findings.size() == 1);
    CHECK(placement.findings[0] ==
          Finding{"big",
                  "its 7 vCPUs and its memory (1024 MiB) are spread over nodes 0-1: no NUMA node had room for "
                  "them; kvmtune rebalance tells whether one has now"});
}

TEST_CASE("so does one with more memory than a node has") {
    SeatRequest guest = guest_of("big", 2, 0);
    guest.memory = 65 * gib;
    CHECK(vcpu_cpus(place({guest}).seats.at("big")) == CpuSet{2, 10});
    guest.memory = 129 * gib;
    CHECK(place({guest}).seats.empty());
}

TEST_CASE("its vCPUs are where their memory is") {
    SeatRequest sitting = guest_of("a", 1, 0);
    sitting.memory = 48 * gib;
    sitting.present.vcpus[0] = CpuSet{2};
    SeatRequest guest = guest_of("big", 8, 0);
    guest.memory = 64 * gib;  // 16 GiB are left on node 0: for two vCPUs
    const Seat seat = place({sitting, guest}).seats.at("big");
    CHECK((vcpu_cpus(seat) & CpuSet::range(0, 7)).size() == 2);
    CHECK((vcpu_cpus(seat) & CpuSet::range(8, 15)).size() == 6);
}

TEST_CASE("its workers are on its nodes") {
    const Seat seat = place({guest_of("big", 8, 4)}).seats.at("big");
    CHECK(vcpu_cpus(seat) == CpuSet{2, 3, 4, 5, 10, 11, 12, 13});
    CHECK(worker_cpus(seat) == CpuSet{6, 7});
}

TEST_CASE("it gets as few nodes as possible, near each other") {
    const Topology host = two_pairs();
    CHECK(nodes_of({guest_of("big", 4, 0)}, host) == CpuSet{0, 1});
    CHECK(nodes_of({guest_of("big", 6, 0)}, host) == CpuSet{0, 1, 2});
    Ledger ledger;
    ledger.taken["other"] = CpuSet{2, 3};
    CHECK(nodes_of({guest_of("big", 4, 0)}, host, ledger) == CpuSet{2, 3});
    ledger.taken["another"] = CpuSet{10, 11};
    CHECK(nodes_of({guest_of("big", 4, 0)}, host, ledger) == CpuSet{1, 3});
}

TEST_CASE("one of them is that of its uplink, if that needs no more nodes") {
    SeatRequest guest = guest_of("big", 4, 0);
    guest.near = 2;
    CHECK(nodes_of({guest}, two_pairs()) == CpuSet{2, 3});
}

TEST_CASE("whoever fits on a node comes first") {
    const Placement placement = place({guest_of("a big one", 8, 0), guest_of("small", 4, 0)});
    CHECK(placement.seats.at("small").nodes.size() == 1);
    CHECK(placement.seats.at("a big one").nodes == CpuSet{0, 1});
}

TEST_CASE("who is spread stays so, whoever comes and whatever becomes free") {
    SeatRequest big = guest_of("big", 4, 0);
    Ledger ledger;
    ledger.taken["other"] = CpuSet{2, 3, 4, 5, 10, 11, 12, 13};
    big.present = place({big}, box, ledger).seats.at("big");
    CHECK(vcpu_cpus(big.present) == CpuSet{6, 7, 14, 15});
    CHECK(place({guest_of("a", 4, 0), big}).seats.at("big").vcpus == big.present.vcpus);
    big.memory_nodes = CpuSet{0};
    CHECK(place({big}).seats.at("big").nodes == CpuSet{0});
}

TEST_CASE("who must leave one of its CPUs keeps the others") {
    SeatRequest big = guest_of("big", 8, 0);
    big.present = place({big}).seats.at("big");
    REQUIRE(vcpu_cpus(big.present) == CpuSet{2, 3, 4, 5, 10, 11, 12, 13});
    Ledger ledger;
    ledger.taken["other"] = CpuSet{4, 5};
    const auto now = place({big}, box, ledger).seats.at("big").vcpus;
    for (const unsigned vcpu : {0u, 1u, 4u, 5u, 6u, 7u}) CHECK(now.at(vcpu) == big.present.vcpus.at(vcpu));
    CHECK(now.at(2) == CpuSet{6});
    CHECK(now.at(3) == CpuSet{7});
}

TEST_CASE("two nodes that are far apart are better than three, however near") {
    Ledger ledger;
    Topology host = host_of({4, 3, 2});
    for (Node &node : host.nodes)
        for (unsigned to = 0; to < 4; ++to)
            node.distances[to] = node.index == to ? 10 : node.index / 2 == to / 2 ? 12 : 32;
    ledger.taken["other"] = CpuSet{8, 9, 20, 21};  // a core of node 1 and one of node 3
    CHECK(nodes_of({guest_of("big", 8, 0)}, host, ledger) == CpuSet{0, 2});
}

TEST_CASE("a numatune and a cpuset of the user's hold on several nodes too") {
    SeatRequest guest = guest_of("big", 3, 0);
    guest.within = CpuSet{2, 4, 10, 12};
    CHECK(vcpu_cpus(place({guest}).seats.at("big")) == CpuSet{2, 4, 10});
    guest.memory_nodes = CpuSet{0};
    CHECK(place({guest}).seats.empty());
}

TEST_CASE("a guest whose vCPUs the user pinned is not spread") {
    SeatRequest guest = guest_of("big", 8, 0);
    guest.pins[0] = CpuSet{2};
    CHECK(place({guest}).seats.empty());
}

TEST_CASE("who fits on all nodes together neither is told what is left") {
    const Placement placement = place({guest_of("big", 13, 0)});
    CHECK(placement.seats.empty());
    REQUIRE(placement.findings.size() == 1);
    CHECK(placement.findings[0].what.find("13 vCPUs") != std::string::npos);
    CHECK(placement.findings[0].what.find("node 0 has 6 CPUs and 65536 MiB, node 1 has 6 CPUs and 65536 MiB") !=
          std::string::npos);
}

}  // namespace spread_test
