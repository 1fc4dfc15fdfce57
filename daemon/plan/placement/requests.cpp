// Which domains of a situation want seats, and what the user has decided for them already.
#include <algorithm>
#include <functional>

#include "daemon/plan/placement/placement.hpp"
#include "daemon/plan/placement/quality.hpp"
#include "daemon/plan/placement/shortage.hpp"
#include "daemon/plan/queues.hpp"
#include "daemon/plan/uplinks.hpp"

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

/// Where its packets leave the host: that of its first NIC of which it is known.
std::optional<unsigned> node_of_uplink(const DomainFacts &domain, const HostFacts &host) {
    for (const NicFacts &nic : domain.nics)
        for (const Link *link : hardware_below(host.bridge_of(nic), host))
            if (link->node) return link->node;
    return std::nullopt;
}

SeatRequest request_of(const DomainSituation &domain, const Situation &situation, const QueueRoom &room) {
    const HostFacts &host = situation.host;
    const DomainFacts &facts = domain.facts;
    SeatRequest request;
    request.uuid = facts.uuid;
    request.name = facts.name;
    request.vcpus = facts.vcpus;
    request.memory = facts.memory;
    request.shares = domain.policy->cpus == CpuPolicy::shared;
    request.memory_nodes = facts.memory_nodes;
    request.near = node_of_uplink(facts, host);
    request.vhost_cpus = domain.policy->vhost_cpus;
    request.present = domain.present;
    if (!names(domain, "cpus")) add_pins_of_user(request, facts, host.topology);
    for (const auto &[iothread, cpus] : facts.iothreadpins) request.iothreads = request.iothreads | cpus;
    if (vhost_net(situation) == VhostNet::missing) return request;
    request.queues = vhost_queues(facts, *domain.policy, room);
    add_plugged_in(request, domain);
    return request;
}

enum class Seats { kept, anew };

/// A request of somebody who may sit anywhere; who runs has his memory where it is.
SeatRequest without_seat(SeatRequest request, const DomainSituation &domain, const Topology &topology) {
    for (const auto &[vcpu, cpus] : request.present.vcpus)
        if (const auto node = cpus.empty() ? std::nullopt : topology.node_of(cpus.first()); node && domain.running)
            request.memory_nodes = CpuSet{*node};
    request.present = {};
    return request;
}

/// Domains that want seats; those that get none keep what their definitions say, and nobody else may have that.
class Planning {
  public:
    Planning(const Situation &situation, Seats seats)
        : situation_(situation),
          seats_(seats),
          housekeeping_(housekeeping_cpus(situation)),
          room_(queue_room(situation.host, situation.policy.host)),
          ledger_(ledger_of(situation)) {
        for (const DomainSituation &domain : situation.domains)
            if (wants_cpus(domain)) wanting_.push_back(&domain);
        all_ = requests();
    }

    [[nodiscard]] Placement placement() {
        std::vector<SeatRequest> seatless;
        while (true) {
            auto placement = plan();
            if (leave_out_seatless(placement, seatless)) continue;
            for (const SeatRequest &request : seatless)
                placement.findings.push_back(shortage(request, placement, housekeeping_));
            return placement;
        }
    }
    [[nodiscard]] Quality quality(const Placement &placement) const {
        return quality_of(situation_.host.topology, all_, placement);
    }

  private:
    [[nodiscard]] std::vector<SeatRequest> requests() const {
        std::vector<SeatRequest> requests;
        for (const DomainSituation *domain : wanting_) {
            auto request = request_of(*domain, situation_, room_);
            if (seats_ == Seats::anew) request = without_seat(std::move(request), *domain, situation_.host.topology);
            requests.push_back(std::move(request));
        }
        return requests;
    }

    [[nodiscard]] Placement plan() const {
        return placement_for(situation_.host.topology, ledger_, housekeeping_, requests());
    }

    /// Whether there were such domains, which hold CPUs.
    bool leave_out_seatless(const Placement &placement, std::vector<SeatRequest> &left_out) {
        const auto holds = [&](const DomainSituation *domain) {
            return placement.seats.count(domain->facts.uuid) == 0 &&
                   !held_by(domain->facts, situation_.host.topology).empty();
        };
        const auto seatless = std::stable_partition(wanting_.begin(), wanting_.end(), std::not_fn(holds));
        for (auto domain = seatless; domain != wanting_.end(); ++domain) {
            const auto &facts = (*domain)->facts;
            ledger_.taken[facts.name] = held_by(facts, situation_.host.topology);
            left_out.push_back(request_of(**domain, situation_, room_));
        }
        const bool some = seatless != wanting_.end();
        wanting_.erase(seatless, wanting_.end());
        return some;
    }

    const Situation &situation_;
    Seats seats_;
    CpuSet housekeeping_;
    QueueRoom room_;
    Ledger ledger_;
    std::vector<const DomainSituation *> wanting_;
    std::vector<SeatRequest> all_;
};

/// Both ways to seat everybody.
struct Ways {
    Placement kept, anew;
    Quality of_kept, of_anew;

    explicit Ways(const Situation &situation) {
        Planning keeping(situation, Seats::kept);
        Planning moving(situation, Seats::anew);
        kept = keeping.placement();
        anew = moving.placement();
        of_kept = keeping.quality(kept);
        of_anew = moving.quality(anew);
    }
    [[nodiscard]] bool anew_is_better() const { return of_anew < of_kept; }
};

}  // namespace

Placement placement_of(const Situation &situation) {
    if (!situation.rebalance) return Planning(situation, Seats::kept).placement();
    Ways ways(situation);
    return ways.anew_is_better() ? std::move(ways.anew) : std::move(ways.kept);
}

Rebalance rebalance_of(const Situation &situation) {
    const Ways ways(situation);
    if (!ways.anew_is_better()) return {ways.of_kept, ways.of_kept, {}};
    Rebalance gain{ways.of_kept, ways.of_anew, {}};
    for (const DomainSituation &domain : situation.domains) {
        const auto then = ways.anew.seats.find(domain.facts.uuid);
        const auto now = ways.kept.seats.find(domain.facts.uuid);
        if (then == ways.anew.seats.end()) continue;
        if (now == ways.kept.seats.end() || now->second.vcpus != then->second.vcpus)
            gain.moved.push_back(domain.facts.name);
    }
    return gain;
}

}  // namespace kvmtune::plan
