#include "daemon/plan/occupancy.hpp"

#include <algorithm>

#include "daemon/plan/ledger.hpp"
#include "daemon/plan/overlaps.hpp"
#include "daemon/plan/placement/placement.hpp"
#include "daemon/plan/queues.hpp"

namespace kvmtune::plan {

namespace {

class Drawing {
  public:
    Drawing(const Situation &situation, const Placement &placement) : situation_(situation), placement_(placement) {
        occupancy_.housekeeping = housekeeping_cpus(situation);
        occupancy_.withheld = withheld(situation);
        occupancy_.offline = situation.host.offline_cpus;
        occupancy_.findings = findings_on_cpus(situation, placement);
        occupancy_.findings.insert(occupancy_.findings.end(), placement.findings.begin(), placement.findings.end());
    }

    void add(const DomainSituation &domain) {
        const Seat *const placed = placement_.seat_of(domain.facts.uuid);
        const Seat seat = placed == nullptr ? Seat{} : *placed;
        const ThreadPins pins = pins_now(domain);
        add_ours(domain.facts.name, seat);
        add_of_user(domain.facts.name, pins, seat);
        if (seat.workers.empty() && pins.emulator) add_workers(domain, *pins.emulator);
        if (seat.vcpus.empty() && !has_place(pins.vcpus)) occupancy_.floating.push_back(domain.facts.name);
    }
    [[nodiscard]] Occupancy occupancy() && { return std::move(occupancy_); }

  private:
    void add(const CpuSet &cpus, const Use &use) {
        for (const unsigned cpu : cpus &situation_.host.topology.all()) occupancy_.uses[cpu].push_back(use);
    }

    void add_ours(const std::string &name, const Seat &seat) {
        for (const auto &[vcpu, cpus] : seat.vcpus) add(cpus, {name, Role::vcpu, vcpu, true});
        if (seat.emulator) add(*seat.emulator, {name, Role::emulator, 0, true});
        unsigned worker = 0;
        for (const auto &[queue, cpus] : seat.workers) add(cpus, {name, Role::vhost, worker++, true});
    }

    /// A pin on all CPUs is none.
    void add_of_user(const std::string &name, const ThreadPins &pins, const Seat &seat) {
        const Topology &topology = situation_.host.topology;
        for (const auto &[vcpu, cpus] : pins.vcpus)
            if (seat.vcpus.count(vcpu) == 0) add(claim(cpus, topology), {name, Role::vcpu, vcpu, false});
        if (pins.emulator && !seat.emulator) add(claim(*pins.emulator, topology), {name, Role::emulator, 0, false});
        for (const auto &[iothread, cpus] : pins.iothreads)
            add(claim(cpus, topology), {name, Role::iothread, 0, false});
    }

    /// vhost workers that nobody placed run where the emulator may: their cgroup is its.
    void add_workers(const DomainSituation &domain, const CpuSet &cpus) {
        if (domain.facts.type != "kvm" || vhost_net(situation_) == VhostNet::missing) return;
        unsigned worker = 0;
        for (const NicFacts &nic : domain.running_nics) {
            if (reason_to_leave_alone(nic, domain.facts)) continue;
            for (unsigned queue = 0; queue < nic.queues.value_or(1); ++queue)
                add(claim(cpus, situation_.host.topology), {domain.facts.name, Role::vhost, worker++, false});
        }
    }

    [[nodiscard]] bool has_place(const std::map<unsigned, CpuSet> &pins) const {
        return std::any_of(pins.begin(), pins.end(),
                           [&](const auto &pin) { return !claim(pin.second, situation_.host.topology).empty(); });
    }

    const Situation &situation_;
    const Placement &placement_;
    Occupancy occupancy_;
};

Placement present_placement(const Situation &situation) {
    Placement placement;
    for (const DomainSituation &domain : situation.domains) placement.seats[domain.facts.uuid] = domain.present;
    return placement;
}

}  // namespace

const char *text_of(Role role) {
    switch (role) {
        case Role::vcpu:
            return "vcpu";
        case Role::emulator:
            return "emulator";
        case Role::iothread:
            return "iothread";
        case Role::vhost:
            return "vhost";
    }
    return "";
}

Occupancy occupancy_of(const Situation &situation, When when) {
    const Placement placement = when == When::planned ? placement_of(situation) : present_placement(situation);
    Drawing drawing(situation, placement);
    for (const DomainSituation &domain : situation.domains) drawing.add(domain);
    return std::move(drawing).occupancy();
}

}  // namespace kvmtune::plan
