#include "daemon/plan/ledger.hpp"

#include "daemon/plan/uplinks.hpp"
#include "daemon/plan/withheld.hpp"

namespace kvmtune::plan {

namespace {

CpuSet interrupted_cpus(const Situation &situation) {
    CpuSet interrupted;
    for (const Link *uplink : uplinks_of(situation)) interrupted = interrupted | uplink->interrupt_cpus;
    CpuSet avoidable;
    for (const Node &node : situation.host.topology.nodes) {
        const CpuSet here = interrupted & node.cpus;
        if (2 * here.size() <= node.cpus.size()) avoidable = avoidable | here;
    }
    return avoidable;
}

CpuSet held_by(const ThreadPins &pins, const Topology &topology) {
    CpuSet held;
    for (const auto &[vcpu, cpus] : pins.vcpus) held = held | claim(cpus, topology);
    for (const auto &[iothread, cpus] : pins.iothreads) held = held | claim(cpus, topology);
    if (pins.emulator) held = held | claim(*pins.emulator, topology);
    return held;
}

/// CPUs of vCPUs that run where we put them, each on one of its own.
CpuSet run_by_us(const DomainSituation &domain) {
    CpuSet held;
    if (!domain.running) return held;
    for (const auto &[vcpu, cpus] : domain.present.vcpus)
        if (cpus.size() == 1) held = held | cpus;
    return held;
}

/// Isolated CPUs on which guests of ours run: they stay, whatever others get.
CpuSet isolated_seats(const Situation &situation) {
    CpuSet seats;
    for (const DomainSituation &domain : situation.domains) {
        if (wants_cpus(domain)) seats = seats | run_by_us(domain);
    }
    return (seats & situation.host.isolated_cpus) - out_of_reach(situation.host);
}

}  // namespace

CpuSet Ledger::all() const {
    CpuSet cpus;
    for (const auto &[name, held] : taken) cpus = cpus | held;
    return cpus;
}

CpuSet claim(const CpuSet &cpus, const Topology &topology) {
    const CpuSet all = topology.all();
    const CpuSet online = cpus & all;
    return online == all ? CpuSet{} : online;
}

CpuSet held_by(const DomainSituation &domain, const Topology &topology) {
    const CpuSet defined = held_by(pins_of(domain.facts), topology);
    return domain.running_pins ? defined | held_by(*domain.running_pins, topology) : defined;
}

Ledger ledger_of(const Situation &situation) {
    Ledger ledger;
    for (const DomainSituation &domain : situation.domains) {
        if (wants_cpus(domain)) continue;
        const Topology &topology = situation.host.topology;
        const CpuSet held = held_by(domain, topology) | (run_by_us(domain) & topology.all());
        if (!held.empty()) ledger.taken[domain.facts.name] = ledger.taken[domain.facts.name] | held;
    }
    const CpuSet kept = isolated_seats(situation);
    for (const Withheld &one : withheld(situation))
        ledger.taken[one.owner] = ledger.taken[one.owner] | (one.cpus - kept);
    if (situation.policy.host.isolated == IsolatedCpus::guests || !kept.empty())
        ledger.unbalanced = situation.host.isolated_cpus;
    ledger.interrupted = interrupted_cpus(situation);
    return ledger;
}

}  // namespace kvmtune::plan
