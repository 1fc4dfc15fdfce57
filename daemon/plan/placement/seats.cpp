// What came of a run: seats, and what is to be said.
#include <algorithm>

#include "daemon/plan/placement/seating.hpp"
#include "daemon/plan/placement/shortage.hpp"
#include "daemon/plan/placement/workers.hpp"

namespace kvmtune::plan {

namespace {

bool is_of_several_kinds(const Board &board, const Home &home) {
    const CpuSet cpus = home.all();
    return std::count_if(board.kinds().begin(), board.kinds().end(),
                         [&](const CpuSet &kind) { return kind.intersects(cpus); }) > 1;
}

}  // namespace

/// What is left of its node, else its housekeeping CPUs.
CpuSet Seating::shared_cpus_of(const Guest &guest) const {
    const CpuSet node = board_.cpus_of(*guest.shared_node);
    const CpuSet left = board_.balanced_for(Board::sharers) & node;
    const CpuSet allowed = guest.request->within ? left & *guest.request->within : left;
    if (!allowed.empty()) return allowed;
    const CpuSet near = board_.housekeeping() & node;
    return guest.request->within ? near & *guest.request->within : near;
}

Seat Seating::shared_seat_of(const Guest &guest) const {
    const SeatRequest &request = *guest.request;
    const CpuSet cpus = shared_cpus_of(guest);
    Seat seat;
    seat.nodes = CpuSet{*guest.shared_node};
    for (unsigned vcpu = 0; vcpu < request.vcpus; ++vcpu)
        if (request.pins.count(vcpu) == 0 && !cpus.empty()) seat.vcpus[vcpu] = cpus;
    CpuSet emulator =
        emulator_cpus(board_, request, {CpuSet{*guest.shared_node}, {}}, guest.workers.value_or(CpuSet{}));
    if (!request.emulator && !emulator.intersects(board_.cpus_of(*guest.shared_node))) emulator = emulator | cpus;
    if (!request.emulator && !emulator.empty()) seat.emulator = emulator;
    add_workers(seat, guest, emulator);
    return seat;
}

void Seating::add_workers(Seat &seat, const Guest &guest, const CpuSet &emulator) const {
    const CpuSet workers = guest.workers.value_or(CpuSet{});
    const std::vector<unsigned> cpus(workers.begin(), workers.end());
    const auto &queues = guest.request->queues;
    for (std::size_t i = 0; i < queues.size(); ++i) {
        const CpuSet place = cpus.empty() ? emulator : CpuSet{cpus[i % cpus.size()]};
        if (!place.empty()) seat.workers[queues[i]] = place;
    }
}

Seat Seating::seat_of(const Guest &guest) const {
    if (guest.shared_node) return shared_seat_of(guest);
    const SeatRequest &request = *guest.request;
    Seat seat;
    seat.nodes = guest.home->nodes;
    for (const auto &[vcpu, cpu] : guest.home->cpus) seat.vcpus[vcpu] = CpuSet{cpu};
    const CpuSet emulator = emulator_cpus(board_, request, *guest.home, guest.workers.value_or(CpuSet{}));
    if (!request.emulator && !emulator.empty()) seat.emulator = emulator;
    add_workers(seat, guest, emulator);
    return seat;
}

std::vector<Finding> Seating::findings_about(const Guest &guest) const {
    const SeatRequest &request = *guest.request;
    if (guest.shared_node) {
        if (!shared_cpus_of(guest).intersects(board_.housekeeping())) return {};
        return {Finding{request.name,
                        "no CPU of its node is left for guests that share: its vCPUs run on the "
                        "housekeeping CPUs"}};
    }
    if (!guest.home) return {};
    std::vector<Finding> findings;
    if (guest.home->nodes.size() > 1)
        findings.push_back({request.name, "its " + std::to_string(request.vcpus) + " vCPUs and its memory (" +
                                              std::to_string(request.memory >> 20) + " MiB) are spread over nodes " +
                                              guest.home->nodes.text() +
                                              ": no NUMA node had room for them; kvmtune rebalance tells whether one "
                                              "has now"});
    if (is_of_several_kinds(board_, *guest.home))
        findings.push_back({request.name, "its vCPUs are on fast and on slow cores: no kind of core has room for all"});

    const std::size_t wanted = wanted_worker_cpus(request);
    const std::size_t given = guest.workers ? guest.workers->size() : 0;
    if (given >= wanted) return findings;
    const std::string workers = std::to_string(request.queues.size()) + " vhost workers";
    if (given == 0)
        findings.push_back({request.name, "no CPU is left for its " + workers + ": they share the emulator's"});
    else
        findings.push_back({request.name, "its " + workers + " should have " + std::to_string(wanted) + " CPUs; only " +
                                              std::to_string(given) + (given == 1 ? " is" : " are") +
                                              " left for them"});
    return findings;
}

Placement Seating::result() const {
    Placement placement;
    for (const Guest &guest : guests_) {
        if (guest.home || guest.shared_node)
            placement.seats.insert_or_assign(placement.seats.end(), guest.request->uuid, seat_of(guest));
        for (Finding &finding : findings_about(guest)) placement.findings.push_back(std::move(finding));
    }
    const CpuSet open = board_.free_for(Board::nobody);
    for (const Node &node : board_.nodes())
        placement.left[node.index] = {(open & node.cpus).size(), board_.memory_left(node.index)};
    const Shortages shortages(placement, board_.housekeeping());
    for (const Guest &guest : guests_)
        if (!guest.home && !guest.shared_node) placement.findings.push_back(shortages.of(*guest.request));
    return placement;
}

}  // namespace kvmtune::plan
