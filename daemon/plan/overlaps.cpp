#include "daemon/plan/overlaps.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "daemon/plan/ledger.hpp"
#include "daemon/plan/lost_cpus.hpp"
#include "daemon/plan/withheld.hpp"

namespace kvmtune::plan {

namespace {

/// A pin for each of a domain's threads; those on all CPUs are none.
using Pins = std::vector<CpuSet>;

using PinsByThread = std::map<unsigned, CpuSet>;

/// Pins of a definition, and those that somebody gave what runs beside what it would have by its definition.
Pins own_pins(const PinsByThread &defined, const PinsByThread &by_definition, const PinsByThread &running,
              const Topology &topology) {
    Pins pins;
    for (const auto &[thread, cpus] : defined) pins.push_back(claim(cpus, topology));
    for (const auto &[thread, cpus] : running)
        if (const auto at = by_definition.find(thread); at == by_definition.end() || at->second != cpus)
            pins.push_back(claim(cpus, topology));
    return pins;
}

/// The user's own of vCPUs, but for those that we place.
Pins own_vcpu_pins(const DomainSituation &domain, const Seat *seat, const Topology &topology) {
    auto defined = domain.facts.vcpupins;
    auto running = pins_now(domain).vcpus;
    if (seat != nullptr)
        for (const auto &[vcpu, cpus] : seat->vcpus) {
            defined.erase(vcpu);
            running.erase(vcpu);
        }
    return own_pins(defined, pins_of(domain.facts).vcpus, running, topology);
}

/// iothreads of all guests may well share the host's own CPUs.
Pins iothread_pins(const DomainSituation &domain, const Topology &topology, const CpuSet &housekeeping) {
    auto pins =
        own_pins(domain.facts.iothreadpins, pins_of(domain.facts).iothreads, pins_now(domain).iothreads, topology);
    for (CpuSet &cpus : pins) cpus = cpus - housekeeping;
    return pins;
}

/// Sets that are not larger than the number of threads that have them.
CpuSet dedicated(const Pins &pins) {
    CpuSet all;
    for (const CpuSet &cpus : pins)
        if (static_cast<std::size_t>(std::count(pins.begin(), pins.end(), cpus)) >= cpus.size()) all = all | cpus;
    return all;
}

struct Claim {
    std::string name;
    CpuSet cpus;
    bool ours = false;  ///< we place the domain, or did
};

CpuSet seated(const DomainSituation &domain, const Seat *seat) {
    CpuSet cpus;
    const bool shares = domain.policy && domain.policy->cpus == CpuPolicy::shared;
    if (seat == nullptr || shares) return cpus;
    for (const auto &[vcpu, one] : seat->vcpus)
        if (one.size() == 1) cpus = cpus | one;
    return cpus;
}

/// Ours first, by name.
std::vector<Claim> claims(const Situation &situation, const Placement &placement) {
    const Topology &topology = situation.host.topology;
    const CpuSet housekeeping = housekeeping_cpus(situation);
    std::vector<Claim> all;
    for (const DomainSituation &domain : situation.domains) {
        const Seat *const seat = placement.seat_of(domain.facts.uuid);
        const CpuSet by_us = seated(domain, seat);
        const CpuSet cpus = by_us | dedicated(own_vcpu_pins(domain, seat, topology)) |
                            dedicated(iothread_pins(domain, topology, housekeeping));
        if (!cpus.empty()) all.push_back({domain.facts.name, cpus, !by_us.empty() || wants_cpus(domain)});
    }
    std::stable_sort(all.begin(), all.end(), [](const Claim &left, const Claim &right) {
        return std::pair(!left.ours, left.name) < std::pair(!right.ours, right.name);
    });
    return all;
}

Finding overlap(const Claim &one, const Claim &other) {
    const std::string whose = other.ours ? "" : one.ours ? " (not ours)" : " (neither is ours)";
    return {one.name, "it and " + other.name + whose + " are both pinned to " + numbered("CPU", one.cpus & other.cpus) +
                          ": virsh vcpupin (or iothreadpin) gives one of them others"};
}

/// More than these are named in one finding: definitions that were copied have all the same pins.
constexpr std::size_t most_named = 3;

Finding crowd(const Claim &one, const std::vector<const Claim *> &others) {
    std::string names;
    CpuSet cpus;
    for (std::size_t i = 0; i < others.size(); ++i) {
        if (i < most_named) names += others[i]->name + ", ";
        cpus = cpus | (one.cpus & others[i]->cpus);
    }
    return {one.name, "it and " + names + "and " + std::to_string(others.size() - most_named) + " more are pinned to " +
                          numbered("CPU", cpus) + ": virsh vcpupin (or iothreadpin) gives them others"};
}

/// CPUs of pins that lie in a set altogether.
CpuSet inside(const CpuSet &set, const Pins &pins) {
    CpuSet all;
    for (const CpuSet &cpus : pins)
        if (set.contains(cpus)) all = all | cpus;
    return all;
}

CpuSet several_of(const CpuSet &set, const Pins &pins) {
    CpuSet all;
    for (const CpuSet &cpus : pins)
        if ((cpus & set).size() > 1) all = all | (cpus & set);
    return all;
}

Finding stuck(const DomainSituation &domain, const CpuSet &cpus) {
    return {domain.facts.name, "it has threads pinned to several of the isolated CPUs " + cpus.text() +
                                   ", where the kernel moves none from one to another: virsh vcpupin (or iothreadpin, "
                                   "emulatorpin) gives each thread one of them, or others"};
}

}  // namespace

std::vector<Finding> overlaps(const Situation &situation, const Placement &placement) {
    const auto all = claims(situation, placement);
    std::vector<Finding> findings;
    for (auto one = all.begin(); one != all.end(); ++one) {
        std::vector<const Claim *> others;
        for (auto other = std::next(one); other != all.end(); ++other)
            if (one->cpus.intersects(other->cpus)) others.push_back(&*other);
        if (others.size() > most_named)
            findings.push_back(crowd(*one, others));
        else
            for (const Claim *other : others) findings.push_back(overlap(*one, *other));
    }
    return findings;
}

std::vector<Finding> misplaced_pins(const Situation &situation, const Placement &placement) {
    const Topology &topology = situation.host.topology;
    const auto owners = withheld(situation);
    std::vector<Finding> findings;
    for (const DomainSituation &domain : situation.domains) {
        const Seat *const seat = placement.seat_of(domain.facts.uuid);
        Pins pins = own_vcpu_pins(domain, seat, topology);
        for (const CpuSet &cpus : iothread_pins(domain, topology, {})) pins.push_back(cpus);
        for (const Withheld &one : owners)
            if (const CpuSet cpus = inside(one.cpus, pins); !cpus.empty())
                findings.push_back({domain.facts.name, "it is pinned to " + numbered("CPU", cpus) +
                                                           ", which no guest gets (" + one.owner + "): " + one.remedy});
        const bool is_own = domain.facts.emulatorpin && (seat == nullptr || !seat->emulator);
        if (is_own) pins.push_back(claim(*domain.facts.emulatorpin, topology));
        if (const CpuSet cpus = several_of(situation.host.isolated_cpus, pins); !cpus.empty())
            findings.push_back(stuck(domain, cpus));
    }
    return findings;
}

std::vector<Finding> findings_on_cpus(const Situation &situation, const Placement &placement) {
    auto findings = findings_on_isolated(situation);
    for (const auto &more :
         {lost_cpus(situation, placement), misplaced_pins(situation, placement), overlaps(situation, placement)})
        findings.insert(findings.end(), more.begin(), more.end());
    return findings;
}

}  // namespace kvmtune::plan
