#include "daemon/plan/lost_cpus.hpp"

#include <string>
#include <utility>

namespace kvmtune::plan {

namespace {

/// Threads of a domain, and CPUs of theirs.
struct Lot {
    CpuSet vcpus;
    CpuSet iothreads;
    bool emulator = false;
    CpuSet cpus;

    [[nodiscard]] std::string threads() const {
        std::string text = vcpus.empty() ? "" : numbered("vCPU", vcpus);
        if (!iothreads.empty()) text += (text.empty() ? "" : ", ") + numbered("iothread", iothreads);
        if (emulator) text += text.empty() ? "emulator" : ", emulator";
        return text;
    }
};

/// Adds CPUs of a thread's pin, if they are any.
void add(Lot &lot, const CpuSet &cpus, CpuSet &threads, unsigned thread) {
    if (cpus.empty()) return;
    threads.insert(thread);
    lot.cpus = lot.cpus | cpus;
}

/// The threads of whose pins a rule picks CPUs.
template <class Rule>
Lot lot_of(const ThreadPins &pins, const Rule &picked) {
    Lot lot;
    for (const auto &[vcpu, cpus] : pins.vcpus) add(lot, picked(cpus), lot.vcpus, vcpu);
    for (const auto &[iothread, cpus] : pins.iothreads) add(lot, picked(cpus), lot.iothreads, iothread);
    if (!pins.emulator) return lot;
    const CpuSet cpus = picked(*pins.emulator);
    lot.emulator = !cpus.empty();
    lot.cpus = lot.cpus | cpus;
    return lot;
}

/// Without those of threads that we place.
ThreadPins of_somebody(ThreadPins pins, const Seat *seat) {
    if (seat == nullptr) return pins;
    for (const auto &[vcpu, cpus] : seat->vcpus) pins.vcpus.erase(vcpu);
    if (seat->emulator) pins.emulator.reset();
    return pins;
}

CpuSet cpus_of(const Seat &seat) {
    CpuSet cpus = seat.emulator.value_or(CpuSet{});
    for (const auto &[vcpu, own] : seat.vcpus) cpus = cpus | own;
    for (const auto &[queue, own] : seat.workers) cpus = cpus | own;
    return cpus;
}

std::string are(const CpuSet &cpus) {
    return cpus.size() == 1 ? " is " : " are ";
}

class Search {
  public:
    Search(const HostFacts &host, const Placement &placement)
        : online_(host.topology.all()), offline_(host.offline_cpus - online_), placement_(placement) {}

    void look_at(const DomainSituation &domain) {
        const Seat *const seat = placement_.seat_of(domain.facts.uuid);
        if (seat != nullptr) look_at_seat(domain);
        const auto defined = of_somebody(pins_of(domain.facts), seat);
        if (!domain.running) return look_at_pins(domain.facts.name, defined, {}, defined);
        const auto running = of_somebody(pins_now(domain), seat);
        look_at_pins(domain.facts.name, defined, running, running);
    }
    [[nodiscard]] std::vector<Finding> findings() && { return std::move(findings_); }

  private:
    void look_at_seat(const DomainSituation &domain) {
        const CpuSet had = cpus_of(domain.present) - online_;
        if (had.empty()) return;
        findings_.push_back(
            {domain.facts.name, numbered("CPU", had) + ", which it has," + state_of(had) + ": it gets others"});
    }

    void look_at_pins(const std::string &name, const ThreadPins &defined, const ThreadPins &running,
                      const ThreadPins &present) {
        const auto all = [this](const CpuSet &cpus) { return cpus.intersects(online_) ? CpuSet{} : cpus; };
        // A pin on all CPUs is none.
        const auto some = [this](const CpuSet &cpus) {
            return cpus.intersects(online_) && !cpus.contains(online_) ? cpus & offline_ : CpuSet{};
        };
        const Lot next = lot_of(defined, all), now = lot_of(running, all), narrowed = lot_of(present, some);
        const std::string astray = now.cpus.empty() ? "" : "the kernel lets them run anywhere now";
        const std::string hopeless = "libvirt will not start it" + (astray.empty() ? "" : ", and " + astray);
        if (!next.cpus.empty())
            add(name, next, "", hopeless);
        else if (!now.cpus.empty())
            add(name, now, "", astray);
        if (!narrowed.cpus.empty()) add(name, narrowed, " among others", "they have fewer");
    }

    void add(const std::string &name, const Lot &lot, const char *share, const std::string &consequence) {
        const CpuSet back = lot.cpus & offline_;
        const std::string enable =
            back.empty() ? "" : "`chcpu --enable " + back.text() + "` brings back what is offline, ";
        findings_.push_back({name, "it has " + lot.threads() + " pinned to " + numbered("CPU", lot.cpus) + share +
                                       ", which" + state_of(lot.cpus) + ": " + consequence + "; " + enable +
                                       "virsh vcpupin (or iothreadpin, emulatorpin) gives them others"});
    }

    [[nodiscard]] std::string state_of(const CpuSet &cpus) const {
        return are(cpus) + (offline_.contains(cpus) ? "offline" : "not online");
    }

    CpuSet online_, offline_;
    const Placement &placement_;
    std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> lost_cpus(const Situation &situation, const Placement &placement) {
    if (situation.host.topology.cpus.empty()) return {};
    Search search(situation.host, placement);
    for (const DomainSituation &domain : situation.domains) search.look_at(domain);
    return std::move(search).findings();
}

}  // namespace kvmtune::plan
