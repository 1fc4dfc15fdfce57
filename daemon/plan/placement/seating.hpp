// A run of the planner, phase by phase.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/plan/placement/board.hpp"
#include "daemon/plan/placement/home.hpp"
#include "daemon/plan/placement/packing.hpp"
#include "daemon/plan/placement/placement.hpp"

namespace kvmtune::plan {

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
    void keep_spread_homes();  ///< on several nodes
    void keep_shared_nodes();
    /// Of guests that the user's pins hold on a node: not before those who sit, whom nobody may send away.
    void take_memory_of_pinned();
    void keep_own_worker_cpus();
    void give_homes();
    /// To whom no node has room.
    void give_spread_homes();
    void give_own_worker_cpus() { give_worker_cpus(&Seating::has_own_worker_cpus); }
    void give_shared_worker_cpus() { give_worker_cpus(&Seating::shares_worker_cpus); }
    /// Guests that share: a core is kept for those who are there, and they get what is left in the end.
    void keep_cores_for_sharers();
    void seat_sharers();
    [[nodiscard]] Placement result() const;

  private:
    struct Guest {
        const SeatRequest *request;
        std::optional<Home> home = {};
        std::optional<CpuSet> workers = {};
        std::optional<unsigned> shared_node = {};  ///< of a guest that shares
        CpuSet vcpus_now = {};                     ///< what it has, in or out of its new home
        CpuSet workers_now = {};                   ///< the same
    };
    using Which = bool (*)(const SeatRequest &);

    static bool has_own_worker_cpus(const SeatRequest &request) { return request.vhost_cpus.has_value(); }
    static bool shares_worker_cpus(const SeatRequest &request) { return !request.vhost_cpus.has_value(); }

    std::size_t placed(const std::vector<Newcomer> &newcomers, bool with_workers);
    void settle_tried(const std::vector<Newcomer> &newcomers, const Seating &before);
    void join_newcomers_that_share();
    void give_worker_cpus(Which which);
    void give_workers(Board::Owner owner);
    void settle(Board::Owner owner, const Home &home);
    void seat_workers(Board::Owner owner, const CpuSet &cpus);
    [[nodiscard]] CpuSet wanted_by_others(const Guest &guest);
    [[nodiscard]] Seat seat_of(const Guest &guest) const;
    [[nodiscard]] Seat shared_seat_of(const Guest &guest) const;
    [[nodiscard]] CpuSet shared_cpus_of(const Guest &guest) const;
    void add_workers(Seat &seat, const Guest &guest, const CpuSet &emulator) const;
    [[nodiscard]] std::vector<Finding> findings_about(const Guest &guest) const;

    Board board_;
    std::vector<Guest> guests_;
    Wanted wanted_;
};

}  // namespace kvmtune::plan
