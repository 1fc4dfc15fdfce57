#include "daemon/plan/rules/rules.hpp"

namespace kvmtune::plan::rules {

namespace {

void add_affinities(Proposal &proposal, const DomainSituation &domain, const Seat &seat) {
    const std::string source = " (" + domain.policy->source + ")";
    const auto target_of = [&](const std::string &thread) {
        return Target{TargetKind::affinity, domain.facts.uuid, thread};
    };
    const auto add = [&](const std::string &thread, const CpuSet &cpus, const std::string &because,
                         std::vector<Target> requires_first) {
        proposal.wishes.push_back({target_of(thread), cpus.text(), "affinity: " + because + source, Disruption::live,
                                   std::move(requires_first)});
    };
    const std::optional<CpuSet> of_emulator = seat.emulator ? seat.emulator : domain.facts.emulatorpin;

    const bool shares = domain.policy->cpus == CpuPolicy::shared;
    const std::string reason = shares ? "the CPUs that are left on its node" : "a CPU of its own for each vCPU";
    const unsigned plugged_in = domain.running_vcpus.value_or(domain.facts.vcpus);
    for (const auto &[vcpu, cpus] : seat.vcpus)
        if (vcpu < plugged_in) add("vcpu/" + std::to_string(vcpu), cpus, reason, {});

    std::vector<Target> emulator;
    if (seat.emulator) {
        add("emulator", *seat.emulator, "housekeeping CPUs and those of its vhost workers, which cannot leave it", {});
        emulator.push_back(target_of("emulator"));
    }
    for (const auto &[queue, cpus] : seat.workers) {
        add("vhost/" + queue.first + "/" + std::to_string(queue.second), cpus, "a place for each vhost worker",
            emulator);
        proposal.wishes.back().follows = cpus == of_emulator;
    }
}

}  // namespace

Proposal affinities(const Situation &situation, const Placement &placement) {
    Proposal proposal;
    for (const DomainSituation &domain : situation.domains) {
        const Seat *const seat = placement.seat_of(domain.facts.uuid);
        if (domain.running && wants_cpus(domain) && seat != nullptr) add_affinities(proposal, domain, *seat);
    }
    return proposal;
}

}  // namespace kvmtune::plan::rules
