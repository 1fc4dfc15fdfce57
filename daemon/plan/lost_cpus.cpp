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
    bool operator==(const Lot &) const = default;
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

/// Without those of threads that we place, and of vCPUs from this number on, which are not plugged in.
ThreadPins of_somebody(ThreadPins pins, const DomainSituation &domain, const Seat *seat, unsigned vcpus) {
    std::erase_if(pins.vcpus, [&](const auto &pin) { return pin.first >= vcpus; });
    if (seat == nullptr || !wants_cpus(domain)) return pins;
    for (const auto &[vcpu, cpus] : seat->vcpus) pins.vcpus.erase(vcpu);
    if (seat->emulator) pins.emulator.reset();
    std::erase_if(pins.iothreads, [&](const auto &pin) {
        return domain.facts.iothreadpins.count(pin.first) == 0 || names(domain, "cpus");
    });
    return pins;
}

/// Of what starts next; a transient domain does not.
ThreadPins defined_pins(const DomainSituation &domain, const Seat *seat) {
    const DomainFacts &facts = domain.facts;
    if (!domain.persistent) return {};
    const unsigned vcpus = facts.individual_vcpus ? facts.vcpus : facts.vcpus_at_start.value_or(facts.vcpus);
    return of_somebody(pins_of(facts), domain, seat, vcpus);
}

ThreadPins running_pins(const DomainSituation &domain, const Seat *seat) {
    if (!domain.running) return {};
    return of_somebody(pins_now(domain), domain, seat, domain.running_vcpus.value_or(domain.facts.vcpus));
}

class Search {
  public:
    Search(const HostFacts &host, const Placement &placement)
        : possible_(host.possible_cpus),
          online_(host.running_cpus()),
          offline_(host.offline_cpus - online_),
          placement_(placement) {}

    void look_at(const DomainSituation &domain) {
        const auto hopeless = [this](const CpuSet &cpus) {
            if (!possible_.empty() && !possible_.contains(cpus)) return cpus - possible_;
            return cpus.intersects(online_) ? CpuSet{} : cpus;
        };
        // A pin on all CPUs is none.
        const auto narrowed = [this](const CpuSet &cpus) {
            return cpus.intersects(online_) && !cpus.contains(online_) ? cpus & offline_ : CpuSet{};
        };
        const std::string &name = domain.facts.name;
        const Seat *const seat = placement_.seat_of(domain.facts.uuid);
        look_at_seat(domain, seat);
        const ThreadPins defined = defined_pins(domain, seat), running = running_pins(domain, seat);
        const Lot next = lot_of(defined, hopeless), now = lot_of(running, hopeless);
        if (next == now && !now.cpus.empty()) {
            add(name, next, "libvirt will not start it, and the kernel lets them run anywhere now", "--live --config ");
        } else {
            if (!next.cpus.empty()) add(name, next, "libvirt will not start it", "--config ");
            if (!now.cpus.empty()) add(name, now, "the kernel lets them run anywhere", "--live ");
        }
        const Lot fewer = lot_of(domain.running ? running : defined, narrowed);
        if (!fewer.cpus.empty()) add(name, fewer, "they have fewer", "", " among others");
    }
    [[nodiscard]] std::vector<Finding> findings() && { return std::move(findings_); }

  private:
    void look_at_seat(const DomainSituation &domain, const Seat *seat) {
        CpuSet vcpus, had, get;
        for (const auto &[vcpu, cpus] : domain.present.vcpus) {
            if (cpus.empty() || cpus.intersects(online_)) continue;
            vcpus.insert(vcpu);
            had = had | cpus;
            if (seat != nullptr && seat->vcpus.count(vcpu) != 0) get = get | (seat->vcpus.at(vcpu) & online_);
        }
        if (vcpus.empty()) return;
        const bool one = vcpus.size() == 1;
        const std::string instead = get.empty() ? "" : (one ? ": it gets " : ": they get ") + numbered("CPU", get);
        findings_.push_back({domain.facts.name, numbered("vCPU", vcpus) + (one ? " has " : " have ") +
                                                    numbered("CPU", had) + ", which" + state_of(had) + instead});
    }

    void add(const std::string &name, const Lot &lot, const std::string &consequence, const char *scope,
             const char *share = "") {
        const CpuSet back = lot.cpus & offline_;
        const std::string enable =
            back.empty() ? "" : "`chcpu --enable " + back.text() + "` brings back what is offline, ";
        findings_.push_back({name, "it has " + lot.threads() + " pinned to " + numbered("CPU", lot.cpus) + share +
                                       ", which" + state_of(lot.cpus) + ": " + consequence + "; " + enable +
                                       "virsh vcpupin " + scope + "(or iothreadpin, emulatorpin) gives them others"});
    }

    [[nodiscard]] std::string state_of(const CpuSet &cpus) const {
        return (cpus.size() == 1 ? " is " : " are ") + std::string(offline_.contains(cpus) ? "offline" : "not online");
    }

    CpuSet possible_, online_, offline_;
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
