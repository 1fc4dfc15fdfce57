// Seats planned anew, where that is better than to leave everybody where he sits.
//
// Who runs stays on the nodes of his memory at first. Memory goes with its guest only where guests get a seat, CPUs or
// the node of their uplink by it, not for caches; and then of as few guests as give the same, the largest stay first.
#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "daemon/plan/memory_home.hpp"
#include "daemon/plan/placement/planning.hpp"

namespace kvmtune::plan {

namespace {

/// One way to seat everybody.
struct Way {
    Placement placement;
    Quality quality;

    Way(const Situation &situation, const Freedom &freedom) {
        Planning planning(situation, freedom);
        placement = planning.placement();
        quality = planning.quality(placement);
    }
};

/// What memory is copied for.
auto worth_copying(const Quality &quality) {
    return std::tie(quality.without_seat, quality.nodes_crossed, quality.workers_without_cpu, quality.workers_far,
                    quality.far_from_uplink);
}

/// The nodes that the memory of what runs goes to; nullopt: it stays.
std::optional<CpuSet> new_nodes(const DomainSituation &domain, const Placement &placement) {
    const auto seat = placement.seats.find(domain.facts.uuid);
    if (!takes_memory_along(domain) || seat == placement.seats.end() || seat->second.nodes.empty()) return std::nullopt;
    return seat->second.nodes == *domain.movable_memory ? std::nullopt : std::optional(seat->second.nodes);
}

/// Bytes that are copied when a guest's memory goes from some nodes to others, if it is divided evenly: what is on one
/// that it keeps stays there, unless it goes to as many others (the kernel's do_migrate_pages).
std::uint64_t copied(const DomainSituation &domain, const CpuSet &to) {
    const CpuSet &from = *domain.movable_memory;
    const std::size_t left = from.size() == to.size() ? from.size() : (from - to).size();
    return domain.facts.memory / from.size() * left;
}

/// Whether all of it is free there now, and as much is left as the policy keeps of huge pages: nobody waits until
/// others have gone. On several nodes each has to have room for all.
bool have_room(const Situation &situation, const Placement &placement) {
    std::map<unsigned, std::uint64_t> room;
    for (const NodeMemory &memory : situation.host.node_memory)
        room[memory.node] = memory.free - std::min(memory.free, situation.policy.host.hugepages.kept_of(memory.total));
    for (const DomainSituation &domain : situation.domains) {
        const auto nodes = new_nodes(domain, placement);
        if (!nodes) continue;
        for (const unsigned node : *nodes) {
            const std::uint64_t bytes = copied(domain, *nodes);
            if (room[node] < bytes) return false;
            room[node] -= bytes;
        }
    }
    return true;
}

/// All ways that are looked at, and the best of them.
class Rebalancing {
  public:
    explicit Rebalancing(const Situation &situation)
        : situation_(situation), kept_(situation, {}), anew_(situation, {true, {}}) {
        Way far(situation, {true, all_movers()});
        const auto worth = std::min(worth_copying(kept_.quality), worth_copying(anew_.quality));
        if (!(worth_copying(far.quality) < worth)) return;
        far = with_fewest_movers(std::move(far));
        if (have_room(situation, far.placement)) anew_ = std::move(far);
    }

    [[nodiscard]] Placement placement() && {
        return is_better() ? std::move(anew_.placement) : std::move(kept_.placement);
    }
    [[nodiscard]] Rebalance gain() const;

  private:
    [[nodiscard]] bool is_better() const { return anew_.quality < kept_.quality; }
    [[nodiscard]] std::set<std::string> all_movers() const;
    [[nodiscard]] Way with_fewest_movers(Way way) const;

    const Situation &situation_;
    Way kept_, anew_;
};

std::set<std::string> Rebalancing::all_movers() const {
    std::set<std::string> movers;
    for (const DomainSituation &domain : situation_.domains)
        if (takes_memory_along(domain)) movers.insert(domain.facts.uuid);
    return movers;
}

/// A way as good as this one, with the memory of as few guests moved.
Way Rebalancing::with_fewest_movers(Way way) const {
    std::vector<const DomainSituation *> leaving;
    for (const DomainSituation &domain : situation_.domains)
        if (new_nodes(domain, way.placement)) leaving.push_back(&domain);
    std::sort(leaving.begin(), leaving.end(), [](const auto *left, const auto *right) {
        return std::tie(right->facts.memory, left->facts.uuid) < std::tie(left->facts.memory, right->facts.uuid);
    });
    std::set<std::string> movers = all_movers();
    for (const DomainSituation *const domain : leaving) {
        std::set<std::string> fewer = movers;
        fewer.erase(domain->facts.uuid);
        Way other(situation_, {true, fewer});
        if (worth_copying(way.quality) < worth_copying(other.quality)) continue;
        way = std::move(other);
        movers = std::move(fewer);
    }
    return way;
}

Rebalance Rebalancing::gain() const {
    const Way &then = is_better() ? anew_ : kept_;
    Rebalance gain{kept_.quality, then.quality, {}, 0};
    for (const DomainSituation &domain : situation_.domains) {
        const auto seat = then.placement.seats.find(domain.facts.uuid);
        const auto now = kept_.placement.seats.find(domain.facts.uuid);
        if (seat == then.placement.seats.end()) continue;
        if (now == kept_.placement.seats.end() || now->second.vcpus != seat->second.vcpus)
            gain.moved.push_back(domain.facts.name);
        if (const auto nodes = new_nodes(domain, then.placement)) gain.copied += copied(domain, *nodes);
    }
    return gain;
}

}  // namespace

Placement placement_of(const Situation &situation) {
    return situation.rebalance ? Rebalancing(situation).placement() : Planning(situation, {}).placement();
}

Rebalance rebalance_of(const Situation &situation) {
    return Rebalancing(situation).gain();
}

}  // namespace kvmtune::plan
