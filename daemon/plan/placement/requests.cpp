// Which domains of a situation want seats, and what the user has decided for them already.
#include <algorithm>
#include <functional>

#include "daemon/plan/placement/placement.hpp"
#include "daemon/plan/queues.hpp"

namespace kvmtune::plan {

namespace {

/// The user's own pins count where the section does not name cpus.
void add_pins_of_user(SeatRequest &request, const DomainFacts &facts, const Topology &topology) {
    for (const auto &[vcpu, cpus] : facts.vcpupins)
        if (vcpu < facts.vcpus) request.pins[vcpu] = claim(cpus, topology);
    request.emulator = facts.emulatorpin;
    request.within = facts.vcpu_cpuset;
}

/// The workers of NICs that were plugged in and are in no definition: as many as they have queues.
void add_plugged_in(SeatRequest &request, const DomainSituation &domain) {
    const auto &defined = domain.facts.nics;
    for (const NicFacts &nic : domain.running_nics) {
        const bool is_defined =
            std::any_of(defined.begin(), defined.end(), [&](const NicFacts &other) { return other.mac == nic.mac; });
        if (is_defined || domain.facts.type != "kvm" || reason_to_leave_alone(nic, domain.facts)) continue;
        for (unsigned queue = 0; queue < std::min(nic.queues.value_or(1), most_queues); ++queue)
            request.queues.emplace_back(nic.mac, queue);
    }
}

SeatRequest request_of(const DomainSituation &domain, const Topology &topology, VhostNet vhost) {
    const DomainFacts &facts = domain.facts;
    SeatRequest request;
    request.uuid = facts.uuid;
    request.name = facts.name;
    request.vcpus = facts.vcpus;
    request.memory = facts.memory;
    request.shares = domain.policy->cpus == CpuPolicy::shared;
    request.memory_nodes = facts.memory_nodes;
    request.vhost_cpus = domain.policy->vhost_cpus;
    request.present = domain.present;
    if (!names(domain, "cpus")) add_pins_of_user(request, facts, topology);
    for (const auto &[iothread, cpus] : facts.iothreadpins) request.iothreads = request.iothreads | cpus;
    if (vhost == VhostNet::missing) return request;
    request.queues = vhost_queues(facts, *domain.policy);
    add_plugged_in(request, domain);
    return request;
}

/// Domains that want seats; those that get none keep what their definitions say, and nobody else may have that.
class Planning {
  public:
    explicit Planning(const Situation &situation) : situation_(situation), ledger_(ledger_of(situation)) {
        for (const DomainSituation &domain : situation.domains)
            if (wants_cpus(domain)) wanting_.push_back(&domain);
    }

    Placement placement() && {
        std::vector<Finding> findings;
        while (true) {
            auto placement = plan();
            if (!leave_out_seatless(placement, findings)) {
                placement.findings.insert(placement.findings.end(), findings.begin(), findings.end());
                return placement;
            }
        }
    }

  private:
    [[nodiscard]] Placement plan() const {
        const Topology &topology = situation_.host.topology;
        std::vector<SeatRequest> requests;
        for (const DomainSituation *domain : wanting_)
            requests.push_back(request_of(*domain, topology, vhost_net(situation_)));
        return placement_for(topology, ledger_, housekeeping_cpus(topology, situation_.policy.host.housekeeping),
                             requests);
    }

    /// Whether there were such domains, which hold CPUs.
    bool leave_out_seatless(const Placement &placement, std::vector<Finding> &findings) {
        const auto holds = [&](const DomainSituation *domain) {
            return placement.seats.count(domain->facts.uuid) == 0 &&
                   !held_by(domain->facts, situation_.host.topology).empty();
        };
        const auto seatless = std::stable_partition(wanting_.begin(), wanting_.end(), std::not_fn(holds));
        for (auto domain = seatless; domain != wanting_.end(); ++domain) {
            const auto &facts = (*domain)->facts;
            ledger_.taken[facts.name] = held_by(facts, situation_.host.topology);
            for (const Finding &finding : placement.findings)
                if (finding.about == facts.name) findings.push_back(finding);
        }
        const bool some = seatless != wanting_.end();
        wanting_.erase(seatless, wanting_.end());
        return some;
    }

    const Situation &situation_;
    Ledger ledger_;
    std::vector<const DomainSituation *> wanting_;
};

}  // namespace

Placement placement_of(const Situation &situation) {
    return Planning(situation).placement();
}

}  // namespace kvmtune::plan
