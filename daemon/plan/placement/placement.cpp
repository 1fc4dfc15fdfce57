#include "daemon/plan/placement/placement.hpp"

#include <algorithm>
#include <tuple>

#include "daemon/plan/placement/board.hpp"
#include "daemon/plan/placement/home.hpp"
#include "daemon/plan/placement/workers.hpp"

namespace kvmtune::plan {

namespace {

/// One run of the planner: a value that is worked on in phases, each over the guests in ascending order of UUID.
class Seating {
  public:
    Seating(const Topology &topology, const Ledger &ledger, const CpuSet &housekeeping,
            std::vector<SeatRequest> requests);

    void keep_homes();
    void keep_own_worker_cpus();
    void give_homes();
    void give_own_worker_cpus() { give_worker_cpus(&Seating::has_own_worker_cpus); }
    void give_shared_worker_cpus() { give_worker_cpus(&Seating::shares_worker_cpus); }
    [[nodiscard]] Placement result() const;

  private:
    struct Guest {
        SeatRequest request;
        std::optional<Home> home;
        std::optional<CpuSet> workers;
    };
    using Which = bool (*)(const SeatRequest &);

    static bool has_own_worker_cpus(const SeatRequest &request) { return request.vhost_cpus.has_value(); }
    static bool shares_worker_cpus(const SeatRequest &request) { return !request.vhost_cpus.has_value(); }

    void give_worker_cpus(Which which);
    void settle(Board::Owner owner, const Home &home);
    void seat_workers(Board::Owner owner, const CpuSet &cpus);
    [[nodiscard]] CpuSet present_of_others(Board::Owner owner) const;
    [[nodiscard]] Seat seat_of(const Guest &guest) const;
    [[nodiscard]] std::vector<Finding> findings_about(const Guest &guest) const;

    Board board_;
    std::vector<Guest> guests_;
};

Seating::Seating(const Topology &topology, const Ledger &ledger, const CpuSet &housekeeping,
                 std::vector<SeatRequest> requests)
    : board_(topology, housekeeping) {
    std::sort(requests.begin(), requests.end(), [](const SeatRequest &left, const SeatRequest &right) {
        return std::tie(left.uuid, left.name) < std::tie(right.uuid, right.name);
    });
    for (SeatRequest &request : requests) guests_.push_back({std::move(request), std::nullopt, std::nullopt});

    board_.take(Board::outsider, ledger.all());
    for (Board::Owner owner = 0; owner < guests_.size(); ++owner) {
        const SeatRequest &request = guests_[owner].request;
        for (const auto &[vcpu, cpus] : request.pins) board_.take(owner, claim(cpus, topology));
        if (request.emulator) board_.take(owner, claim(*request.emulator, topology));
        board_.take(owner, claim(request.iothreads, topology));
        if (const auto node = pinned_node(board_, request)) board_.take_memory(*node, request.memory);
    }
}

void Seating::settle(Board::Owner owner, const Home &home) {
    board_.take(owner, home.all());
    const SeatRequest &request = guests_[owner].request;
    if (!pinned_node(board_, request)) board_.take_memory(home.node, request.memory);
    guests_[owner].home = home;
}

void Seating::keep_homes() {
    for (Board::Owner owner = 0; owner < guests_.size(); ++owner)
        if (const auto home = kept_home(board_, owner, guests_[owner].request)) settle(owner, *home);
}

void Seating::give_homes() {
    for (Board::Owner owner = 0; owner < guests_.size(); ++owner) {
        if (guests_[owner].home) continue;
        if (const auto home = new_home(board_, owner, guests_[owner].request, present_of_others(owner)))
            settle(owner, *home);
    }
}

void Seating::seat_workers(Board::Owner owner, const CpuSet &cpus) {
    Guest &guest = guests_[owner];
    guest.workers = cpus;
    if (guest.request.emulator) return;
    if (guest.request.vhost_cpus)
        board_.take(owner, cpus);
    else
        board_.take_shared(owner, cpus, guest.request.queues.size());
}

void Seating::keep_own_worker_cpus() {
    for (Board::Owner owner = 0; owner < guests_.size(); ++owner) {
        const Guest &guest = guests_[owner];
        if (!guest.home || !has_own_worker_cpus(guest.request)) continue;
        if (const auto cpus = kept_worker_cpus(board_, owner, guest.request)) seat_workers(owner, *cpus);
    }
}

void Seating::give_worker_cpus(Which which) {
    for (Board::Owner owner = 0; owner < guests_.size(); ++owner) {
        const Guest &guest = guests_[owner];
        if (!guest.home || guest.workers || !which(guest.request)) continue;
        seat_workers(owner, new_worker_cpus(board_, owner, guest.request, *guest.home, present_of_others(owner)));
    }
}

/// CPUs that guests not seated yet have now and may want to keep.
CpuSet Seating::present_of_others(Board::Owner owner) const {
    CpuSet cpus;
    for (Board::Owner other = 0; other < guests_.size(); ++other) {
        const Guest &guest = guests_[other];
        if (other == owner) continue;
        if (!guest.workers) cpus = cpus | present_worker_cpus(guest.request, board_.housekeeping());
        if (guest.home) continue;
        for (const auto &[vcpu, seat] : guest.request.present.vcpus) cpus = cpus | seat;
    }
    return cpus;
}

Seat Seating::seat_of(const Guest &guest) const {
    const SeatRequest &request = guest.request;
    Seat seat;
    seat.node = guest.home->node;
    for (const auto &[vcpu, cpu] : guest.home->cpus) seat.vcpus[vcpu] = CpuSet{cpu};

    const CpuSet workers = guest.workers.value_or(CpuSet{});
    const CpuSet emulator = emulator_cpus(board_, request, *guest.home, workers);
    if (!request.emulator && !emulator.empty()) seat.emulator = emulator;

    const std::vector<unsigned> cpus(workers.begin(), workers.end());
    for (std::size_t i = 0; i < request.queues.size(); ++i) {
        const CpuSet place = cpus.empty() ? emulator : CpuSet{cpus[i % cpus.size()]};
        if (!place.empty()) seat.workers[request.queues[i]] = place;
    }
    return seat;
}

std::vector<Finding> Seating::findings_about(const Guest &guest) const {
    const SeatRequest &request = guest.request;
    const auto about = [&](const std::string &what) { return std::vector{Finding{request.name, what}}; };
    const std::string housekeeping = board_.housekeeping().text();
    if (!guest.home)
        return about("no NUMA node has room for its " + std::to_string(request.vcpus) + " vCPUs and its memory (" +
                     std::to_string(request.memory >> 20) + " MiB) beside the housekeeping CPUs (" + housekeeping +
                     ") and what others have: nothing is pinned");

    const std::size_t wanted = wanted_worker_cpus(request);
    const std::size_t given = guest.workers ? guest.workers->size() : 0;
    if (given >= wanted) return {};
    const std::string workers = std::to_string(request.queues.size()) + " vhost workers";
    if (given == 0) return about("no CPU is left for its " + workers + ": they share the emulator's");
    return about("its " + workers + " should have " + std::to_string(wanted) + " CPUs; only " + std::to_string(given) +
                 (given == 1 ? " is" : " are") + " left for them");
}

Placement Seating::result() const {
    Placement placement;
    for (const Guest &guest : guests_) {
        if (guest.home) placement.seats[guest.request.uuid] = seat_of(guest);
        for (Finding &finding : findings_about(guest)) placement.findings.push_back(std::move(finding));
    }
    return placement;
}

}  // namespace

CpuSet housekeeping_cpus(const Topology &topology, const std::optional<CpuSet> &policy) {
    if (policy) return *policy & topology.all();
    CpuSet cpus;
    for (const Node &node : topology.nodes)
        if (!node.cpus.empty()) cpus = cpus | topology.siblings(node.cpus.first());
    return cpus;
}

Placement placement_for(const Topology &topology, const Ledger &ledger, const CpuSet &housekeeping,
                        std::vector<SeatRequest> requests) {
    Seating seating(topology, ledger, housekeeping, std::move(requests));
    seating.keep_homes();
    seating.keep_own_worker_cpus();
    seating.give_homes();
    seating.give_own_worker_cpus();
    seating.give_shared_worker_cpus();
    return seating.result();
}

}  // namespace kvmtune::plan
