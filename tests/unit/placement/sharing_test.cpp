// Guests that share the CPUs which nobody has for himself.
#include <doctest/doctest.h>

#include "tests/unit/placement/hosts.hpp"
#include "tests/unit/tries.hpp"

namespace sharing_test {

using namespace kvmtune;
using namespace kvmtune::plan;

namespace {

// Node 0 has CPUs 0-7, node 1 has 8-15; cores are pairs; housekeeping is 0-1 and 8-9.
const Topology box = host_of({});

SeatRequest sharer(const std::string &name, unsigned vcpus, unsigned queues = 0) {
    auto request = guest_of(name, vcpus, queues);
    request.shares = true;
    return request;
}

Placement place(const std::vector<SeatRequest> &requests, const Topology &topology = box) {
    return placement_for(topology, {}, housekeeping_cpus(topology, std::nullopt), requests);
}

std::vector<SeatRequest> settled(std::vector<SeatRequest> requests, const Placement &placement) {
    for (SeatRequest &request : requests)
        if (const auto seat = placement.seats.find(request.uuid); seat != placement.seats.end())
            request.present = seat->second;
    return requests;
}

}  // namespace

TEST_CASE("those who share have all CPUs of a node that are left, together, and spread over the nodes") {
    const auto placement = place({sharer("a", 4), sharer("b", 2), sharer("c", 2)});
    CHECK(placement.seats.at("a").vcpus.at(3) == CpuSet::range(2, 7));
    CHECK(placement.seats.at("b").vcpus.at(0) == CpuSet::range(10, 15));
    CHECK(placement.seats.at("c").vcpus.at(1) == CpuSet::range(10, 15));
    CHECK(placement.seats.at("a").emulator == CpuSet{0, 1});
    CHECK(placement.findings.empty());
}

TEST_CASE("they have fewer when others come, and more when they go, and a core is left to them") {
    std::vector<SeatRequest> guests{sharer("a", 4)};
    guests[0].memory_nodes = CpuSet{0};
    guests = settled(guests, place(guests));
    auto newcomer = guest_of("b", 4, 0);
    newcomer.memory_nodes = CpuSet{0};
    auto with = guests;
    with.push_back(newcomer);
    const auto both = place(with);
    CHECK(both.seats.at("a").vcpus.at(0) == CpuSet{6, 7});
    CHECK(vcpu_cpus(both.seats.at("b")) == CpuSet::range(2, 5));
    newcomer.vcpus = 6;
    with.back() = newcomer;
    const auto too_large = place(with);
    CHECK(too_large.seats.count("b") == 0);
    CHECK(too_large.seats.at("a").vcpus.at(0) == CpuSet::range(2, 7));
}

TEST_CASE("their workers are with those of others, or with the emulator; CPUs of their own by number") {
    const auto alone = place({sharer("a", 2, 2)});
    CHECK(worker_cpus(alone.seats.at("a")) == alone.seats.at("a").emulator);
    auto other = guest_of("b", 2, 2);
    other.memory_nodes = CpuSet{0};
    auto guest = sharer("a", 2, 2);
    guest.memory_nodes = CpuSet{0};
    const auto beside = place({guest, other});
    CHECK(worker_cpus(beside.seats.at("a")) == worker_cpus(beside.seats.at("b")));
    CHECK_FALSE(beside.seats.at("a").vcpus.at(0).intersects(worker_cpus(beside.seats.at("b"))));
    guest.vhost_cpus = 1;
    const auto own = place({guest});
    CHECK(worker_cpus(own.seats.at("a")).size() == 1);
    CHECK_FALSE(own.seats.at("a").vcpus.at(0).intersects(worker_cpus(own.seats.at("a"))));
}

TEST_CASE("where nothing is left they run on housekeeping CPUs, which is said, and without memory nowhere") {
    const Topology small = host_of({1, 2, 2, 8 * gib});
    const auto placement = place({guest_of("a", 2, 0), sharer("b", 1)}, small);
    CHECK(placement.seats.at("b").vcpus.at(0) == CpuSet{0, 1});
    REQUIRE(placement.findings.size() == 1);
    CHECK(placement.findings[0].what.starts_with("no CPU of its node is left for guests that share"));
    auto large = sharer("b", 1);
    large.memory = 9 * gib;
    const auto without = place({large}, small);
    CHECK(without.seats.empty());
    CHECK(without.findings.at(0).what.find("its memory (9216 MiB)") != std::string::npos);
}

TEST_CASE("nobody who comes sends them away, neither by memory nor by a name before theirs") {
    auto sitting = sharer("s", 1);
    sitting.memory = 8 * gib;
    const Topology small = host_of({1, 3, 1, 10 * gib});
    sitting.present.vcpus[0] = CpuSet{1, 2};
    auto newcomer = guest_of("a", 1, 0);
    newcomer.memory = 4 * gib;
    const auto placement = place({sitting, newcomer}, small);
    CHECK(placement.seats.count("s") == 1);
    CHECK(placement.seats.count("a") == 0);
    const Topology two_nodes = host_of({2, 2, 1, 10 * gib});
    sitting.present.vcpus[0] = CpuSet{1};
    newcomer.shares = true;
    newcomer.memory = 6 * gib;
    const auto apart = place({sitting, newcomer}, two_nodes);
    CHECK(apart.seats.at("s").nodes == CpuSet{0});
    CHECK(apart.seats.at("a").nodes == CpuSet{1});
}

TEST_CASE("they stay within the CPUs that the user names, and nowhere else") {
    auto guest = sharer("a", 1);
    guest.within = CpuSet{11};
    const auto placement = place({guest, guest_of("b", 4, 0)});
    CHECK(placement.seats.at("a").vcpus.at(0) == CpuSet{11});
    guest.within = CpuSet{99};
    CHECK(place({guest}).seats.empty());
}

TEST_CASE("in any mixture nobody sits on what is somebody's own, and planning again changes nothing") {
    for (unsigned seed = 0; seed < tries(1000); ++seed) {
        CAPTURE(seed);
        Dice dice(seed);
        const Topology topology = host_of({1 + dice.below(3), 1 + dice.below(8), 1 + dice.below(2), 16 * gib});
        std::vector<SeatRequest> guests;
        for (unsigned number = 2 + dice.below(5); number > 0; --number) {
            guests.push_back(guest_of("guest" + std::to_string(number), 1 + dice.below(4), dice.below(4)));
            guests.back().shares = dice.once_in(2);
            guests.back().memory = (1 + dice.below(6)) * gib;
            if (dice.once_in(4)) guests.back().vhost_cpus = dice.below(3);
            if (dice.once_in(8)) guests.back().within = dice.some_cpus(6, 24);
            if (dice.once_in(6)) guests.back().memory_nodes = dice.some_cpus(2, 3);
        }
        Ledger ledger;
        if (dice.once_in(4)) ledger.taken["outsider"] = dice.some_cpus(3, 24);
        const auto housekeeping = housekeeping_cpus(topology, std::nullopt);
        const auto placement = placement_for(topology, ledger, housekeeping, guests);
        for (const SeatRequest &guest : guests) {
            const auto seat = placement.seats.find(guest.uuid);
            if (seat == placement.seats.end() || !guest.shares) continue;
            const CpuSet mine = vcpu_cpus(seat->second) - housekeeping;
            CHECK_FALSE(mine.intersects(ledger.all()));
            if (guest.within) CHECK(guest.within->contains(vcpu_cpus(seat->second)));
            for (const SeatRequest &other : guests) {
                const auto others = placement.seats.find(other.uuid);
                if (others == placement.seats.end()) continue;
                if (!other.shares) CHECK_FALSE(mine.intersects(vcpu_cpus(others->second)));
                CHECK_FALSE(mine.intersects(worker_cpus(others->second)));
                if (other.shares && others->second.nodes == seat->second.nodes && !guest.within && !other.within)
                    CHECK(vcpu_cpus(others->second) == vcpu_cpus(seat->second));
            }
        }
        CHECK(placement_for(topology, ledger, housekeeping, settled(guests, placement)) == placement);
    }
}

}  // namespace sharing_test
