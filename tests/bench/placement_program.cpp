// placement-program TOPOLOGY GUESTS ROUNDS: places so many guests on a host that hwloc describes, and prints as JSON
// how long that took, from nothing and with one more beside those who sit, and where they sit.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "base/json.hpp"
#include "daemon/facts/topology.hpp"
#include "daemon/plan/placement/placement.hpp"

namespace {

using namespace kvmtune;
using namespace kvmtune::plan;

constexpr unsigned sizes[] = {4, 2, 8, 1, 4, 2, 6, 3};
constexpr unsigned queues[] = {4, 2, 4, 1, 2, 2, 4, 2};

SeatRequest guest(unsigned number) {
    SeatRequest request;
    // Neither in order of their sizes nor of their names.
    request.uuid = std::to_string(100000 + number * 7919 % 99991);
    request.name = request.uuid;
    request.vcpus = sizes[number % std::size(sizes)];
    request.memory = std::uint64_t{request.vcpus} << 30;
    for (unsigned queue = 0; queue < queues[number % std::size(queues)]; ++queue)
        request.queues.emplace_back("52:54:00:00:00:01", queue);
    return request;
}

template <class Work>
double median_us(unsigned rounds, Work work) {
    std::vector<double> times;
    for (unsigned round = 0; round < rounds; ++round) {
        const auto start = std::chrono::steady_clock::now();
        work();
        times.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count());
    }
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

Json json_of(const Topology &topology) {
    Json cpus{Json::Array{}};
    for (const Cpu &cpu : topology.cpus) {
        Json one;
        one.add("index", cpu.index);
        one.add("core", cpu.core);
        one.add("node", cpu.node);
        one.add("cache", cpu.cache);
        cpus.push(std::move(one));
    }
    return cpus;
}

Json json_of(const std::vector<SeatRequest> &requests, const Placement &placement) {
    Json guests{Json::Array{}};
    for (const SeatRequest &request : requests) {
        const auto seat = placement.seats.find(request.uuid);
        Json vcpus{Json::Array{}};
        Json workers{Json::Array{}};
        if (seat != placement.seats.end()) {
            for (const auto &[vcpu, cpus] : seat->second.vcpus) vcpus.push(cpus.first());
            for (const auto &[queue, cpus] : seat->second.workers) workers.push(cpus.first());
        }
        Json one;
        one.add("size", request.vcpus);
        one.add("queues", static_cast<unsigned>(request.queues.size()));
        one.add("vcpus", std::move(vcpus));
        one.add("workers", std::move(workers));
        guests.push(std::move(one));
    }
    return guests;
}

}  // namespace

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    const auto topology = facts::topology_from(argv[1]);
    if (!topology) {
        std::fprintf(stderr, "%s\n", topology.error().what.c_str());
        return 1;
    }
    const auto rounds = static_cast<unsigned>(std::atoi(argv[3]));
    std::vector<SeatRequest> requests;
    for (unsigned number = 0; number < static_cast<unsigned>(std::atoi(argv[2])); ++number)
        requests.push_back(guest(number));
    const CpuSet housekeeping = housekeeping_cpus(*topology, std::nullopt);

    Placement placement;
    Json json;
    json.add("from_nothing_us",
             median_us(rounds, [&] { placement = placement_for(*topology, {}, housekeeping, requests); }));
    auto with_one_more = requests;
    for (SeatRequest &request : with_one_more)
        if (const auto seat = placement.seats.find(request.uuid); seat != placement.seats.end())
            request.present = seat->second;
    with_one_more.push_back(guest(static_cast<unsigned>(requests.size())));
    json.add("one_more_us",
             median_us(rounds, [&] { (void)placement_for(*topology, {}, housekeeping, with_one_more); }));
    json.add("cpus", json_of(*topology));
    json.add("guests", json_of(requests, placement));
    std::puts(json.line().c_str());
    return 0;
}
