#include <algorithm>

#include "daemon/plan/rules/rules.hpp"

namespace kvmtune::plan {

namespace {

const DomainSituation *owner_of(const Wish &wish, const Situation &situation) {
    const auto owner =
        std::find_if(situation.domains.begin(), situation.domains.end(),
                     [&](const DomainSituation &domain) { return domain.facts.uuid == wish.target.owner; });
    const bool of_host = wish.target.kind == TargetKind::module || wish.target.kind == TargetKind::sysctl ||
                         wish.target.kind == TargetKind::file;
    return of_host || owner == situation.domains.end() ? nullptr : &*owner;
}

bool needs_consent(const Wish &wish, const DomainSituation &domain) {
    switch (wish.disruption) {
        case Disruption::live:
        case Disruption::link:
        case Disruption::next_boot:
            return false;
        case Disruption::binding:
            return domain.policy && domain.policy->migratable;
        case Disruption::start_dependency:
        case Disruption::guest_abi:
            return true;
    }
    return true;
}

bool is_held_back(const Wish &wish, const DomainSituation *domain) {
    if (!domain || !needs_consent(wish, *domain)) return false;
    return !domain->policy || domain->policy->allow.count(wish.disruption) == 0;
}

}  // namespace

Desired consented(const Desired &desired, const Situation &situation) {
    Desired rest = desired;
    for (const auto &[target, wish] : desired.wishes) {
        const DomainSituation *const domain = owner_of(wish, situation);
        if (!is_held_back(wish, domain)) continue;
        rest.wishes.erase(target);
        rest.findings.push_back({domain->facts.name, "held back: " + target.name + " = " + wish.value +
                                                         " needs allow = [\"" + text_of(wish.disruption) + "\"] (" +
                                                         wish.because + ")"});
    }
    return rest;
}

}  // namespace kvmtune::plan
