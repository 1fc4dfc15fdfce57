// What holds for every placement, over random hosts and guests.
#include <doctest/doctest.h>

#include "tests/unit/placement/hosts.hpp"
#include "tests/unit/tries.hpp"

namespace properties_test {

using namespace kvmtune;
using namespace kvmtune::plan;

namespace {

struct Case {
    Topology topology;
    Ledger ledger;
    CpuSet housekeeping;
    std::vector<SeatRequest> requests;

    [[nodiscard]] Placement placement() const { return placement_for(topology, ledger, housekeeping, requests); }
};

Seat random_seat(Dice &dice, const SeatRequest &request, unsigned cpus) {
    Seat seat;
    for (unsigned vcpu = 0; vcpu < request.vcpus; ++vcpu)
        if (!dice.once_in(4)) seat.vcpus[vcpu] = CpuSet{dice.below(cpus)};
    if (!dice.once_in(3)) seat.emulator = dice.some_cpus(4, cpus);
    for (const NicQueue &queue : request.queues)
        if (!dice.once_in(3)) seat.workers[queue] = dice.some_cpus(2, cpus);
    return seat;
}

SeatRequest random_guest(Dice &dice, unsigned number, unsigned cpus) {
    SeatRequest request = guest_of("guest" + std::to_string(number), 1 + dice.below(5), dice.below(5));
    request.memory = (1 + dice.below(12)) * gib;
    if (dice.once_in(3)) request.vhost_cpus = dice.below(5);
    if (dice.once_in(6)) request.memory_nodes = dice.some_cpus(2, 3);
    if (dice.once_in(8)) request.within = dice.some_cpus(8, cpus);
    if (dice.once_in(8)) request.pins[dice.below(request.vcpus)] = dice.some_cpus(2, cpus);
    if (dice.once_in(10)) request.emulator = dice.some_cpus(4, cpus);
    if (dice.once_in(3)) request.present = random_seat(dice, request, cpus);
    return request;
}

Case random_case(unsigned seed) {
    Dice dice(seed);
    Case made;
    Shape shape{1 + dice.below(3), 1 + dice.below(8), 1 + dice.below(2), (8 + dice.below(56)) * gib};
    shape.caches = 1 + dice.below(3);
    if (dice.once_in(5)) shape.slow_cores = dice.below(shape.cores + 1);
    made.topology = host_of(shape);
    const auto cpus = static_cast<unsigned>(made.topology.cpus.size());
    if (dice.once_in(3)) made.ledger.taken["outsider"] = dice.some_cpus(4, cpus);
    made.housekeeping = dice.once_in(4) ? dice.some_cpus(3, cpus) : housekeeping_cpus(made.topology, std::nullopt);
    for (unsigned guest = 1 + dice.below(6); guest > 0; --guest)
        made.requests.push_back(random_guest(dice, guest, cpus));
    if (dice.once_in(4)) made.ledger.unbalanced = dice.some_cpus(cpus, cpus);
    if (dice.once_in(4)) made.ledger.interrupted = dice.some_cpus(cpus, cpus);
    return made;
}

template <class Check>
void for_random_cases(Check check) {
    for (unsigned seed = 0; seed < tries(2000); ++seed) {
        CAPTURE(seed);
        check(random_case(seed));
    }
}

const SeatRequest &request_of(const Case &given, const std::string &uuid) {
    return *std::find_if(given.requests.begin(), given.requests.end(),
                         [&](const SeatRequest &request) { return request.uuid == uuid; });
}

CpuSet emulator_of(const Seat &seat, const SeatRequest &request) {
    return request.emulator ? *request.emulator : seat.emulator.value_or(CpuSet{});
}

/// The requests with these seats as their present ones; of guests that are off only what a definition carries.
Case settled(Case given, const Placement &placement, bool (*is_off)(const SeatRequest &)) {
    for (SeatRequest &request : given.requests) {
        const auto seat = placement.seats.find(request.uuid);
        request.present = seat == placement.seats.end() ? Seat{} : seat->second;
        if (is_off(request)) request.present.workers.clear();
    }
    return given;
}

bool never(const SeatRequest &) {
    return false;
}
bool always(const SeatRequest &) {
    return true;
}

}  // namespace

TEST_CASE("no CPU has two exclusive owners, and no core vCPUs of two guests") {
    for_random_cases([](const Case &given) {
        const Placement placement = given.placement();
        for (const auto &[uuid, seat] : placement.seats) {
            const CpuSet mine = vcpu_cpus(seat);
            CHECK(mine.size() == seat.vcpus.size());
            for (const auto &[vcpu, cpus] : seat.vcpus) CHECK(cpus.size() == 1);
            for (const auto &[other, others] : placement.seats) {
                if (other == uuid) continue;
                CHECK_FALSE(whole_cores(mine, given.topology).intersects(vcpu_cpus(others)));
                if (!request_of(given, other).emulator)
                    CHECK_FALSE(whole_cores(mine, given.topology)
                                    .intersects(worker_cpus(others) - given.housekeeping - vcpu_cpus(others)));
            }
        }
    });
}

TEST_CASE("worker CPUs that the policy gave by number are nobody else's") {
    for_random_cases([](const Case &given) {
        const Placement placement = given.placement();
        for (const auto &[uuid, seat] : placement.seats) {
            const SeatRequest &request = request_of(given, uuid);
            const bool has_none = worker_cpus(seat) == emulator_of(seat, request);  // they share the emulator's
            if (!request.vhost_cpus || request.emulator || has_none) continue;
            const CpuSet mine = worker_cpus(seat) - given.housekeeping - vcpu_cpus(seat);
            for (const auto &[other, others] : placement.seats) {
                if (other == uuid) continue;
                CHECK_FALSE(mine.intersects(vcpu_cpus(others)));
                if (!request_of(given, other).emulator) CHECK_FALSE(mine.intersects(worker_cpus(others)));
            }
        }
    });
}

TEST_CASE("no vCPU sits on housekeeping, on others' pins, or beside its own workers on one CPU") {
    for_random_cases([](const Case &given) {
        for (const auto &[uuid, seat] : given.placement().seats) {
            const CpuSet mine = vcpu_cpus(seat);
            CHECK_FALSE(mine.intersects(given.housekeeping));
            CHECK_FALSE(whole_cores(mine, given.topology).intersects(given.ledger.all()));
            for (const SeatRequest &request : given.requests)
                for (const auto &[vcpu, cpus] : request.pins) CHECK_FALSE(mine.intersects(claim(cpus, given.topology)));
            const SeatRequest &request = request_of(given, uuid);
            const bool has_room = worker_cpus(seat) != emulator_of(seat, request);
            if (has_room) CHECK_FALSE(mine.intersects(worker_cpus(seat)));
        }
    });
}

TEST_CASE("the vCPUs that we place sit on the seat's nodes, and what the user said of CPUs and memory holds") {
    for_random_cases([](const Case &given) {
        for (const auto &[uuid, seat] : given.placement().seats) {
            const SeatRequest &request = request_of(given, uuid);
            CHECK(seat.vcpus.size() + request.pins.size() == request.vcpus);
            CpuSet nodes;
            for (const unsigned cpu : vcpu_cpus(seat)) nodes.insert(given.topology.node_of(cpu).value());
            CHECK((nodes == seat.nodes || nodes.empty()));
            CHECK((nodes.size() <= 1 || request.pins.empty()));
            if (request.within) CHECK(request.within->contains(vcpu_cpus(seat)));
            if (request.memory_nodes && request.pins.empty()) CHECK(request.memory_nodes->contains(nodes));
        }
    });
}

TEST_CASE("no node's memory is given twice, unless by the user's pins") {
    for_random_cases([](const Case &given) {
        const Placement placement = given.placement();
        for (const Node &node : given.topology.nodes) {
            std::uint64_t taken = 0;
            for (const auto &[uuid, seat] : placement.seats) {
                const SeatRequest &request = request_of(given, uuid);
                if (request.pins.empty()) taken += memory_on(node.cpus, request, seat);
            }
            CHECK(taken <= node.memory);
        }
    });
}

TEST_CASE("every worker has a place inside the emulator's CPUs, which touch the guest's nodes") {
    for_random_cases([](const Case &given) {
        for (const auto &[uuid, seat] : given.placement().seats) {
            const SeatRequest &request = request_of(given, uuid);
            CHECK(seat.workers.size() == request.queues.size());
            CHECK(emulator_of(seat, request).contains(worker_cpus(seat)));
            if (request.emulator || seat.vcpus.empty()) continue;
            for (const unsigned node : seat.nodes) CHECK(seat.emulator->intersects(given.topology.nodes[node].cpus));
        }
    });
}

TEST_CASE("of CPUs that the kernel does not balance no set has several, and no worker one") {
    for_random_cases([](Case given) {
        Dice dice(1);
        for (SeatRequest &request : given.requests) request.shares = dice.once_in(3);
        const CpuSet unbalanced = given.ledger.unbalanced - given.housekeeping;
        for (const auto &[uuid, seat] : given.placement().seats) {
            const SeatRequest &request = request_of(given, uuid);
            for (const auto &[vcpu, cpus] : seat.vcpus) CHECK((cpus.size() == 1 || !cpus.intersects(unbalanced)));
            if (request.emulator) continue;
            CHECK((*seat.emulator & unbalanced).size() <= 1);
            for (const auto &[queue, cpus] : seat.workers)
                CHECK((cpus == *seat.emulator || !cpus.intersects(unbalanced)));
        }
    });
}

TEST_CASE("the order of domains does not matter") {
    for_random_cases([](Case given) {
        const Placement placement = given.placement();
        Dice dice(1);
        dice.shuffle(given.requests);
        CHECK(given.placement() == placement);
    });
}

TEST_CASE("who is seated gets the same seat again") {
    for_random_cases([](const Case &given) {
        const Placement placement = given.placement();
        CHECK(settled(given, placement, never).placement() == placement);
    });
}

TEST_CASE("who is off and has only what a definition carries gets the same seat again") {
    for_random_cases([](const Case &given) {
        const Placement placement = given.placement();
        CHECK(settled(given, placement, always).placement() == placement);
    });
}

TEST_CASE("a newcomer moves nobody's vCPUs and nobody's own worker CPUs") {
    for_random_cases([](const Case &given) {
        const Placement before = given.placement();
        Case after = settled(given, before, never);
        after.requests.push_back(guest_of("aa newcomer", 2, 2));
        const Placement with_newcomer = after.placement();
        for (const auto &[uuid, seat] : before.seats) {
            REQUIRE(with_newcomer.seats.count(uuid) == 1);
            const Seat &now = with_newcomer.seats.at(uuid);
            CHECK(now.vcpus == seat.vcpus);
            const SeatRequest &request = request_of(given, uuid);
            const bool has_all = request.vhost_cpus && worker_cpus(seat).size() == *request.vhost_cpus &&
                                 !worker_cpus(seat).intersects(given.housekeeping);
            if (has_all) CHECK(now.workers == seat.workers);
        }
    });
}

TEST_CASE("who has no seat is named in a finding, and every finding names a guest") {
    for_random_cases([](const Case &given) {
        const Placement placement = given.placement();
        for (const SeatRequest &request : given.requests) {
            const bool is_named = std::any_of(placement.findings.begin(), placement.findings.end(),
                                              [&](const Finding &finding) { return finding.about == request.name; });
            CHECK((is_named || placement.seats.count(request.uuid) == 1));
        }
        for (const Finding &finding : placement.findings) {
            CHECK(finding.about.rfind("guest", 0) == 0);
            CHECK_FALSE(finding.what.empty());
        }
    });
}

}  // namespace properties_test
