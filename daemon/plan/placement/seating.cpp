#include "daemon/plan/placement/seating.hpp"

#include <algorithm>
#include <tuple>

#include "daemon/plan/placement/sharing.hpp"
#include "daemon/plan/placement/spread.hpp"
#include "daemon/plan/placement/workers.hpp"

namespace kvmtune::plan {

namespace {

CpuSet present_vcpu_cpus(const SeatRequest &request) {
    CpuSet cpus;
    for (const auto &[vcpu, seat] : request.present.vcpus) cpus = cpus | seat;
    return cpus;
}

std::vector<const SeatRequest *> in_order_of_uuid(const std::vector<SeatRequest> &requests) {
    std::vector<const SeatRequest *> order;
    for (const SeatRequest &request : requests) order.push_back(&request);
    std::sort(order.begin(), order.end(), [](const SeatRequest *left, const SeatRequest *right) {
        return std::tie(left->uuid, left->name) < std::tie(right->uuid, right->name);
    });
    return order;
}

}  // namespace

Seating::Seating(const Topology &topology, const Ledger &ledger, const CpuSet &housekeeping,
                 const std::vector<SeatRequest> &requests)
    : board_(topology, housekeeping, ledger) {
    for (const SeatRequest *request : in_order_of_uuid(requests)) guests_.push_back({request});

    board_.take(Board::outsider, ledger.all());
    for (Board::Owner owner = 0; owner < guests_.size(); ++owner) {
        Guest &guest = guests_[owner];
        const SeatRequest &request = *guest.request;
        for (const auto &[vcpu, cpus] : request.pins) board_.take(owner, claim(cpus, topology));
        if (request.emulator) board_.take(owner, claim(*request.emulator, topology));
        if (!request.iothreads.empty()) board_.take(owner, claim(request.iothreads, topology));
        guest.vcpus_now = present_vcpu_cpus(request);
        guest.workers_now = present_worker_cpus(request, housekeeping);
        // Those who share want no certain CPU, but for workers of their own.
        if (request.shares) guest.vcpus_now = {};
        if (request.shares && !request.vhost_cpus) guest.workers_now = {};
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
    for (Board::Owner owner = 0; owner < guests_.size(); ++owner) {
        const SeatRequest &request = *guests_[owner].request;
        if (request.shares) continue;
        if (const auto home = kept_home(board_, owner, request)) settle(owner, *home);
    }
}

void Seating::keep_spread_homes() {
    for (Board::Owner owner = 0; owner < guests_.size(); ++owner) {
        const SeatRequest &request = *guests_[owner].request;
        if (request.shares || guests_[owner].home) continue;
        if (const auto home = kept_spread(board_, owner, request)) settle(owner, *home);
    }
}

void Seating::give_spread_homes() {
    for (Board::Owner owner = 0; owner < guests_.size(); ++owner) {
        Guest &guest = guests_[owner];
        if (guest.home || guest.request->shares || !may_spread(board_, owner, *guest.request)) continue;
        if (const auto home = new_spread(board_, owner, *guest.request, wanted_by_others(guest))) settle(owner, *home);
    }
}

/// One after the other, each with all of its workers where it is best; where that leaves somebody or some workers out,
/// vCPUs before all workers; and where that does not help, as many guests as possible.
void Seating::give_homes() {
    std::vector<Newcomer> newcomers;
    for (Board::Owner owner = 0; owner < guests_.size(); ++owner) {
        const Guest &guest = guests_[owner];
        if (!guest.home && !guest.request->shares && may_fit(board_, owner, *guest.request))
            newcomers.push_back({owner, guest.request});
    }
    if (newcomers.empty()) return;
    const Seating before = *this;
    if (placed(newcomers, true) == newcomers.size()) return settle_tried(newcomers, before);
    *this = before;
    const std::size_t number = placed(newcomers, false);
    if (number == newcomers.size()) return;
    const Homes homes = packed(before.board_, newcomers);
    if (homes.size() <= number) return;
    *this = before;
    for (const auto &[owner, home] : homes) settle(owner, home);
}

/// What was tried is kept, but for workers in the pool: those of guests who are there already come first.
void Seating::settle_tried(const std::vector<Newcomer> &newcomers, const Seating &before) {
    const Seating tried = *this;
    *this = before;
    for (const auto &[owner, request] : newcomers) {
        settle(owner, *tried.guests_[owner].home);
        if (has_own_worker_cpus(*request)) seat_workers(owner, *tried.guests_[owner].workers);
    }
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
        if ((!guest.home && !guest.shared_node) || !has_own_worker_cpus(*guest.request)) continue;
        if (const auto cpus = kept_worker_cpus(board_, owner, *guest.request)) seat_workers(owner, *cpus);
    }
}

void Seating::keep_shared_nodes() {
    Sharing sharing(board_);
    for (Guest &guest : guests_) {
        const SeatRequest &request = *guest.request;
        if (!request.shares || request.vcpus == 0) continue;
        guest.shared_node = sharing.present_node(request);
        if (guest.shared_node) sharing.join(*guest.shared_node, request);
    }
}

void Seating::take_memory_of_pinned() {
    for (const Guest &guest : guests_)
        if (const auto node = pinned_node(board_, *guest.request)) board_.take_memory(*node, guest.request->memory);
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

void Seating::keep_cores_for_sharers() {
    Sharing sharing(board_);
    for (const Guest &guest : guests_)
        if (guest.shared_node) sharing.keep_a_core(*guest.shared_node, *guest.request, wanted_.all());
}

void Seating::join_newcomers_that_share() {
    Sharing sharing(board_);
    for (const Guest &guest : guests_)
        if (guest.shared_node) sharing.count(*guest.shared_node, *guest.request);
    for (Guest &guest : guests_) {
        const SeatRequest &request = *guest.request;
        if (!request.shares || request.vcpus == 0) continue;
        if (!guest.shared_node) {
            guest.shared_node = sharing.best_node(request);
            if (guest.shared_node) sharing.join(*guest.shared_node, request);
        }
        if (guest.shared_node) sharing.keep_a_core(*guest.shared_node, request, {});
    }
}

/// Their workers are where those of others are, or with the emulator: vhost CPUs are for guests that have their own.
void Seating::seat_sharers() {
    join_newcomers_that_share();
    for (Board::Owner owner = 0; owner < guests_.size(); ++owner) {
        Guest &guest = guests_[owner];
        if (!guest.shared_node || guest.workers) continue;
        if (guest.request->vhost_cpus) {
            const CpuSet avoid = wanted_by_others(guest);
            seat_workers(owner,
                         new_worker_cpus(board_, owner, *guest.request, {CpuSet{*guest.shared_node}, {}}, avoid));
            continue;
        }
        CpuSet workers;
        for (const unsigned cpu : board_.pool_by_load())
            if (workers.size() < wanted_worker_cpus(*guest.request) && board_.cpus_of(*guest.shared_node).contains(cpu))
                workers.insert(cpu);
        guest.workers = guest.request->emulator ? CpuSet{} : workers;
    }
}

}  // namespace kvmtune::plan
