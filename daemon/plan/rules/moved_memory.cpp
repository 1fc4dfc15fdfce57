// Memory of guests that run goes to the nodes of their seats where somebody rebalances: to copy it is work for the
// host. What was moved once follows its guest from then on, and stays where it is when it cannot.
#include "daemon/plan/memory_home.hpp"
#include "daemon/plan/rules/rules.hpp"

namespace kvmtune::plan::rules {

namespace {

/// The nodes to wish for; nullopt: nothing.
std::optional<CpuSet> nodes_for(const DomainSituation &domain, const Situation &situation, const Placement &placement) {
    const Seat *const seat = placement.seat_of(domain.facts.uuid);
    const bool follows = takes_memory_along(domain) && seat != nullptr && !seat->nodes.empty();
    if (follows && (situation.rebalance || domain.moved_memory)) return seat->nodes;
    return domain.moved_memory;
}

/// What is to be where a guest's seat is: its threads, now and from its next start, and the memory of that.
bool belongs_to_seat(const Target &target) {
    if (target.kind == TargetKind::affinity) return target != memory_target(target.owner);
    return target.kind == TargetKind::element &&
           (target.name.starts_with("cputune/") || target.name.starts_with("numatune/") ||
            target.name.starts_with("vhost/"));
}

}  // namespace

Proposal moved_memory(const Situation &situation, const Placement &placement) {
    Proposal proposal;
    for (const DomainSituation &domain : situation.domains) {
        const auto nodes = domain.running && domain.policy ? nodes_for(domain, situation, placement) : std::nullopt;
        if (!nodes) continue;
        proposal.wishes.push_back({memory_target(domain.facts.uuid),
                                   nodes->text(),
                                   "its memory goes where its vCPUs go (" + domain.policy->source + ")",
                                   Disruption::live,
                                   {}});
    }
    return proposal;
}

void after_memory(Desired &desired, const Situation &situation) {
    std::vector<Target> moving;
    for (const DomainSituation &domain : situation.domains) {
        const auto wish = desired.wishes.find(memory_target(domain.facts.uuid));
        const auto &now = domain.movable_memory;
        if (wish != desired.wishes.end() && now && wish->second.value != now->text()) moving.push_back(wish->first);
    }
    for (auto &[target, wish] : desired.wishes)
        if (belongs_to_seat(target))
            wish.requires_first.insert(wish.requires_first.end(), moving.begin(), moving.end());
}

}  // namespace kvmtune::plan::rules
