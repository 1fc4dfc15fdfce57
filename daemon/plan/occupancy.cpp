#include "daemon/plan/occupancy.hpp"

#include "daemon/plan/ledger.hpp"
#include "daemon/plan/overlaps.hpp"
#include "daemon/plan/placement/placement.hpp"

namespace kvmtune::plan {

namespace {

class Drawing {
  public:
    Drawing(const Situation &situation, const Placement &placement) : situation_(situation), placement_(placement) {
        occupancy_.housekeeping = housekeeping_cpus(situation);
        occupancy_.withheld = withheld(situation);
        occupancy_.findings = findings_on_cpus(situation, placement);
        occupancy_.findings.insert(occupancy_.findings.end(), placement.findings.begin(), placement.findings.end());
    }

    void add(const DomainSituation &domain) {
        const auto at = placement_.seats.find(domain.facts.uuid);
        const Seat seat = at == placement_.seats.end() ? Seat{} : at->second;
        add_ours(domain.facts.name, seat);
        add_of_user(domain.facts, seat);
        if (seat.vcpus.empty() && !is_pinned(domain.facts)) occupancy_.floating.push_back(domain.facts.name);
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
    void add_of_user(const DomainFacts &facts, const Seat &seat) {
        const Topology &topology = situation_.host.topology;
        for (const auto &[vcpu, cpus] : facts.vcpupins)
            if (seat.vcpus.count(vcpu) == 0) add(claim(cpus, topology), {facts.name, Role::vcpu, vcpu, false});
        if (facts.vcpu_cpuset)
            for (unsigned vcpu = 0; vcpu < facts.vcpus; ++vcpu)
                if (seat.vcpus.count(vcpu) == 0 && facts.vcpupins.count(vcpu) == 0)
                    add(claim(*facts.vcpu_cpuset, topology), {facts.name, Role::vcpu, vcpu, false});
        if (facts.emulatorpin && !seat.emulator)
            add(claim(*facts.emulatorpin, topology), {facts.name, Role::emulator, 0, false});
        for (const auto &[iothread, cpus] : facts.iothreadpins)
            add(claim(cpus, topology), {facts.name, Role::iothread, 0, false});
    }

    [[nodiscard]] bool is_pinned(const DomainFacts &facts) const {
        const Topology &topology = situation_.host.topology;
        if (facts.vcpu_cpuset && !claim(*facts.vcpu_cpuset, topology).empty()) return true;
        for (const auto &[vcpu, cpus] : facts.vcpupins)
            if (!claim(cpus, topology).empty()) return true;
        return false;
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
