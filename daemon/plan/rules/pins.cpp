#include <algorithm>

#include "daemon/plan/queues.hpp"
#include "daemon/plan/rules/rules.hpp"

namespace kvmtune::plan::rules {

namespace {

std::string reason_for(const DomainSituation &domain, const Seat &seat) {
    if (domain.policy->cpus == CpuPolicy::shared)
        return "the CPUs that are left on one NUMA node, together with other guests that share them";
    return seat.nodes.size() > 1 ? "a CPU of its own for each vCPU, on as few NUMA nodes as have room"
                                 : "a CPU of its own for each vCPU, on one NUMA node";
}

void add_pins(Proposal &proposal, const DomainSituation &domain, const Seat &seat, const QueueRoom &room) {
    const std::string source = " (" + domain.policy->source + ")";
    const auto wish_for = [&](const std::string &name, const CpuSet &cpus, const std::string &because) {
        return Wish{{TargetKind::element, domain.facts.uuid, "cputune/" + name},
                    cpus.text(),
                    because + source,
                    Disruption::next_boot,
                    {}};
    };
    for (const auto &[vcpu, cpus] : seat.vcpus)
        proposal.wishes.push_back(
            wish_for("vcpupin/" + std::to_string(vcpu), cpus, "pins: " + reason_for(domain, seat)));
    if (seat.emulator)
        proposal.wishes.push_back(wish_for(
            "emulatorpin", *seat.emulator,
            "pins: housekeeping CPUs near it and those of " + std::to_string(seat.workers.size()) + " vhost workers"));
    const auto defined = vhost_queues(domain.facts, *domain.policy, room);
    for (const auto &[queue, cpus] : seat.workers) {
        if (std::find(defined.begin(), defined.end(), queue) == defined.end()) continue;
        proposal.wishes.push_back(
            {{TargetKind::element, domain.facts.uuid, "vhost/" + queue.first + "/" + std::to_string(queue.second)},
             cpus.text(),
             "pins: a place for each vhost worker from its start on" + source,
             Disruption::live,
             {}});
    }
}

}  // namespace

Proposal pins(const Situation &situation, const Placement &placement) {
    Proposal proposal{{}, placement.findings};
    const QueueRoom room = queue_room(situation.host, situation.policy.host);
    for (const DomainSituation &domain : situation.domains) {
        const Seat *const seat = placement.seat_of(domain.facts.uuid);
        if (rewritable(domain) && wants_cpus(domain) && seat != nullptr) add_pins(proposal, domain, *seat, room);
    }
    return proposal;
}

}  // namespace kvmtune::plan::rules
