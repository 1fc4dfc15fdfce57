#include "daemon/plan/placement/placement.hpp"

#include <algorithm>
#include <tuple>

#include "daemon/plan/placement/board.hpp"
#include "daemon/plan/placement/home.hpp"
#include "daemon/plan/placement/packing.hpp"
#include "daemon/plan/placement/workers.hpp"

namespace kvmtune::plan {

namespace {

/// CPUs that guests have now and may want to keep, until it is decided.
class Wanted {
  public:
    void add(const CpuSet &cpus) {
        for (const unsigned cpu : cpus) {
            if (cpu >= times_.size()) times_.resize(cpu + 1);
            if (times_[cpu]++ == 0) all_.insert(cpu);
        }
    }
    void remove(const CpuSet &cpus) {
        for (const unsigned cpu : cpus)
            if (--times_[cpu] == 0) all_.erase(cpu);
    }
    [[nodiscard]] const CpuSet &all() const { return all_; }

  private:
    std::vector<unsigned> times_;  ///< by CPU
    CpuSet all_;
};

/// One run of the planner: a value that is worked on in phases, each over the guests in ascending order of UUID.
class Seating {
  public:
    /// The requests must outlive it.
    Seating(const Topology &topology, const Ledger &ledger, const CpuSet &housekeeping,
            const std::vector<SeatRequest> &requests);

    void keep_homes();
    void keep_own_worker_cpus();
    void give_homes();
    void give_own_worker_cpus() { give_worker_cpus(&Seating::has_own_worker_cpus); }
    void give_shared_worker_cpus() { give_worker_cpus(&Seating::shares_worker_cpus); }
    [[nodiscard]] Placement result() const;

  private:
    struct Guest {
        const SeatRequest *request;
        std::optional<Home> home = {};
        std::optional<CpuSet> workers = {};
        CpuSet vcpus_now = {};    ///< what it has, in or out of its new home
        CpuSet workers_now = {};  ///< the same
    };
    using Which = bool (*)(const SeatRequest &);

    static bool has_own_worker_cpus(const SeatRequest &request) { return request.vhost_cpus.has_value(); }
    static bool shares_worker_cpus(const SeatRequest &request) { return !request.vhost_cpus.has_value(); }

    std::size_t placed(const std::vector<Newcomer> &newcomers, bool with_workers);
    void give_worker_cpus(Which which);
    void give_workers(Board::Owner owner);
    void settle(Board::Owner owner, const Home &home);
    void seat_workers(Board::Owner owner, const CpuSet &cpus);
    [[nodiscard]] CpuSet wanted_by_others(const Guest &guest);
    [[nodiscard]] Seat seat_of(const Guest &guest) const;
    [[nodiscard]] std::string reason_without_seat(const SeatRequest &request) const;
    [[nodiscard]] std::vector<Finding> findings_about(const Guest &guest) const;

    Board board_;
    std::string housekeeping_;  ///< as text
    std::vector<Guest> guests_;
    Wanted wanted_;
};

CpuSet present_vcpu_cpus(const SeatRequest &request) {
    CpuSet cpus;
    for (const auto &[vcpu, seat] : request.present.vcpus) cpus = cpus | seat;
    return cpus;
}

Seating::Seating(const Topology &topology, const Ledger &ledger, const CpuSet &housekeeping,
                 const std::vector<SeatRequest> &requests)
    : board_(topology, housekeeping), housekeeping_(housekeeping.text()) {
    for (const SeatRequest &request : requests) guests_.push_back({&request});
    std::sort(guests_.begin(), guests_.end(), [](const Guest &left, const Guest &right) {
        return std::tie(left.request->uuid, left.request->name) < std::tie(right.request->uuid, right.request->name);
    });

    board_.take(Board::outsider, ledger.all());
    for (Board::Owner owner = 0; owner < guests_.size(); ++owner) {
        Guest &guest = guests_[owner];
        const SeatRequest &request = *guest.request;
        for (const auto &[vcpu, cpus] : request.pins) board_.take(owner, claim(cpus, topology));
        if (request.emulator) board_.take(owner, claim(*request.emulator, topology));
        if (!request.iothreads.empty()) board_.take(owner, claim(request.iothreads, topology));
        if (const auto node = pinned_node(board_, request)) board_.take_memory(*node, request.memory);
        guest.vcpus_now = present_vcpu_cpus(request);
        guest.workers_now = present_worker_cpus(request, housekeeping);
        wanted_.add(guest.vcpus_now);
        wanted_.add(guest.workers_now);
    }
}

void Seating::settle(Board::Owner owner, const Home &home) {
    Guest &guest = guests_[owner];
    move_in(board_, owner, *guest.request, home);
    guest.home = home;
    wanted_.remove(guest.vcpus_now);
}

void Seating::keep_homes() {
    for (Board::Owner owner = 0; owner < guests_.size(); ++owner)
        if (const auto home = kept_home(board_, owner, *guests_[owner].request)) settle(owner, *home);
}

/// One after the other, each with all of its workers where it is best; where that leaves somebody or some workers out,
/// vCPUs before all workers; and where that does not help, as many guests as possible.
void Seating::give_homes() {
    std::vector<Newcomer> newcomers;
    for (Board::Owner owner = 0; owner < guests_.size(); ++owner)
        if (!guests_[owner].home && may_fit(board_, owner, *guests_[owner].request))
            newcomers.push_back({owner, guests_[owner].request});
    const Seating before = *this;
    if (placed(newcomers, true) == newcomers.size()) return;
    *this = before;
    const std::size_t number = placed(newcomers, false);
    if (number == newcomers.size()) return;
    const Homes homes = packed(before.board_, newcomers);
    if (homes.size() <= number) return;
    *this = before;
    for (const auto &[owner, home] : homes) settle(owner, home);
}

/// Homes one after the other, with or without workers; how many guests have all of it.
std::size_t Seating::placed(const std::vector<Newcomer> &newcomers, bool with_workers) {
    std::size_t number = 0;
    for (const auto &[owner, request] : newcomers) {
        if (!may_fit(board_, owner, *request)) continue;
        const auto home = new_home(board_, owner, *request, wanted_by_others(guests_[owner]));
        if (!home) continue;
        settle(owner, *home);
        if (with_workers) give_workers(owner);
        const auto &workers = guests_[owner].workers;
        if (!with_workers || workers->size() == wanted_worker_cpus(*request)) ++number;
    }
    return number;
}

void Seating::seat_workers(Board::Owner owner, const CpuSet &cpus) {
    Guest &guest = guests_[owner];
    guest.workers = cpus;
    wanted_.remove(guest.workers_now);
    if (guest.request->emulator) return;
    if (guest.request->vhost_cpus)
        board_.take(owner, cpus);
    else
        board_.take_shared(owner, cpus, guest.request->queues.size());
}

void Seating::keep_own_worker_cpus() {
    for (Board::Owner owner = 0; owner < guests_.size(); ++owner) {
        const Guest &guest = guests_[owner];
        if (!guest.home || !has_own_worker_cpus(*guest.request)) continue;
        if (const auto cpus = kept_worker_cpus(board_, owner, *guest.request)) seat_workers(owner, *cpus);
    }
}

void Seating::give_worker_cpus(Which which) {
    for (Board::Owner owner = 0; owner < guests_.size(); ++owner) {
        const Guest &guest = guests_[owner];
        if (guest.home && !guest.workers && which(*guest.request)) give_workers(owner);
    }
}

void Seating::give_workers(Board::Owner owner) {
    const Guest &guest = guests_[owner];
    const CpuSet avoid = wanted_by_others(guest);
    seat_workers(owner, new_worker_cpus(board_, owner, *guest.request, *guest.home, avoid));
}

CpuSet Seating::wanted_by_others(const Guest &guest) {
    if (!guest.home) wanted_.remove(guest.vcpus_now);
    if (!guest.workers) wanted_.remove(guest.workers_now);
    CpuSet wanted = wanted_.all();
    if (!guest.home) wanted_.add(guest.vcpus_now);
    if (!guest.workers) wanted_.add(guest.workers_now);
    return wanted;
}

Seat Seating::seat_of(const Guest &guest) const {
    const SeatRequest &request = *guest.request;
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

std::string Seating::reason_without_seat(const SeatRequest &request) const {
    return "no NUMA node has room for its " + std::to_string(request.vcpus) + " vCPUs and its memory (" +
           std::to_string(request.memory >> 20) + " MiB) beside the housekeeping CPUs (" + housekeeping_ +
           ") and what others have: nothing is pinned";
}

bool is_of_several_kinds(const Board &board, const Home &home) {
    const CpuSet cpus = home.all();
    return std::count_if(board.kinds().begin(), board.kinds().end(),
                         [&](const CpuSet &kind) { return kind.intersects(cpus); }) > 1;
}

std::vector<Finding> Seating::findings_about(const Guest &guest) const {
    const SeatRequest &request = *guest.request;
    if (!guest.home) return {Finding{request.name, reason_without_seat(request)}};
    std::vector<Finding> findings;
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
        if (guest.home) placement.seats[guest.request->uuid] = seat_of(guest);
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
                        const std::vector<SeatRequest> &requests) {
    Seating seating(topology, ledger, housekeeping, requests);
    seating.keep_homes();
    seating.keep_own_worker_cpus();
    seating.give_homes();
    seating.give_own_worker_cpus();
    seating.give_shared_worker_cpus();
    return seating.result();
}

}  // namespace kvmtune::plan
