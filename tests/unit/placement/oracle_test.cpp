// On small hosts the planner places as many guests as anybody can, says an oracle that tries everything.
#include <doctest/doctest.h>

#include "tests/unit/placement/hosts.hpp"
#include "tests/unit/tries.hpp"

namespace oracle_test {

using namespace kvmtune;
using namespace kvmtune::plan;

namespace {

/// The free CPUs of a node's cores, as numbers, and its memory.
struct NodeRoom {
    std::vector<unsigned> cores;
    std::uint64_t memory = 0;
};

/// Whether these cores are enough, and none of them could be left out: more are never better.
bool is_choice(const NodeRoom &node, unsigned choice, unsigned needed) {
    unsigned cpus = 0;
    unsigned smallest = ~0U;
    for (std::size_t core = 0; core < node.cores.size(); ++core) {
        if ((choice >> core & 1U) == 0) continue;
        cpus += node.cores[core];
        smallest = std::min(smallest, node.cores[core]);
    }
    return cpus >= needed && cpus - smallest < needed;
}

/// How many of the guests from the next one on can have whole cores on one node each.
std::size_t most(std::vector<NodeRoom> &nodes, const std::vector<SeatRequest> &guests, std::size_t next = 0) {
    if (next == guests.size()) return 0;
    const SeatRequest &guest = guests[next];
    std::size_t best = most(nodes, guests, next + 1);
    for (NodeRoom &node : nodes) {
        if (node.memory < guest.memory) continue;
        const NodeRoom before = node;
        for (unsigned choice = 1; choice < (1U << before.cores.size()); ++choice) {
            if (!is_choice(before, choice, guest.vcpus)) continue;
            for (std::size_t core = 0; core < node.cores.size(); ++core)
                if ((choice >> core & 1U) != 0) node.cores[core] = 0;
            node.memory = before.memory - guest.memory;
            best = std::max(best, 1 + most(nodes, guests, next + 1));
            node = before;
        }
    }
    return best;
}

std::vector<NodeRoom> rooms_of(const Topology &topology, const CpuSet &taken_cores, const CpuSet &housekeeping) {
    std::vector<NodeRoom> rooms;
    for (const Node &node : topology.nodes) {
        std::map<unsigned, unsigned> free;
        for (const unsigned cpu : node.cpus)
            if (!taken_cores.contains(cpu) && !housekeeping.contains(cpu)) ++free[topology.siblings(cpu).first()];
        NodeRoom room{{}, node.memory};
        for (const auto &[core, cpus] : free) room.cores.push_back(cpus);
        rooms.push_back(room);
    }
    return rooms;
}

}  // namespace

TEST_CASE("as many newcomers are placed on one node each as can be, beside guests that stay where they are") {
    for (unsigned seed = 0; seed < tries(2000); ++seed) {
        CAPTURE(seed);
        Dice dice(seed);
        const unsigned nodes = 1 + dice.below(2);
        const unsigned threads = 1 + dice.below(2);
        const Topology topology = host_of({nodes, 8 / nodes / threads, threads, (4 + dice.below(8)) * gib});
        const CpuSet housekeeping = dice.once_in(2) ? CpuSet{dice.below(8)} : CpuSet{};
        std::vector<SeatRequest> running;
        for (unsigned number = dice.below(3); number > 0; --number)
            running.push_back(guest_of("running" + std::to_string(number), 1 + dice.below(3), 0));
        const auto before = placement_for(topology, {}, housekeeping, running);
        auto rooms = rooms_of(
            topology,
            [&] {
                CpuSet taken;
                for (const auto &[uuid, seat] : before.seats) taken = taken | whole_cores(vcpu_cpus(seat), topology);
                return taken;
            }(),
            housekeeping);
        std::vector<SeatRequest> all;
        for (SeatRequest &request : running) {
            const auto seat = before.seats.find(request.uuid);
            if (seat == before.seats.end()) continue;
            request.present = seat->second;
            for (const unsigned node : seat->second.nodes)
                rooms[node].memory -= memory_on(topology.nodes[node].cpus, request, seat->second);
            all.push_back(request);
        }
        std::vector<SeatRequest> newcomers;
        for (unsigned number = 1 + dice.below(4); number > 0; --number) {
            newcomers.push_back(guest_of("new" + std::to_string(number), 1 + dice.below(4), 0));
            newcomers.back().memory = (1 + dice.below(6)) * gib;
        }
        all.insert(all.end(), newcomers.begin(), newcomers.end());
        const auto after = placement_for(topology, {}, housekeeping, all);
        for (const auto &[uuid, seat] : before.seats) CHECK(after.seats.at(uuid).vcpus == seat.vcpus);
        const auto on_one_node = std::count_if(newcomers.begin(), newcomers.end(), [&](const SeatRequest &request) {
            return after.seats.count(request.uuid) == 1 && after.seats.at(request.uuid).nodes.size() == 1;
        });
        CHECK(static_cast<std::size_t>(on_one_node) == most(rooms, newcomers));
    }
}

}  // namespace oracle_test
