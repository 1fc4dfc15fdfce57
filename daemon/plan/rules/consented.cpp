#include <algorithm>

#include "daemon/plan/rules/rules.hpp"

namespace kvmtune::plan {

namespace {

const DomainSituation *owner_of(const Wish &wish, const Situation &situation) {
    if (!belongs_to_domain(wish.target.kind)) return nullptr;
    const auto owner =
        std::find_if(situation.domains.begin(), situation.domains.end(),
                     [&](const DomainSituation &domain) { return domain.facts.uuid == wish.target.owner; });
    return owner == situation.domains.end() ? nullptr : &*owner;
}

}  // namespace

Desired consented(const Desired &desired, const Situation &situation) {
    Desired rest = desired;
    for (const auto &[target, wish] : desired.wishes) {
        const DomainSituation *const domain = owner_of(wish, situation);
        if (!domain || allows(*domain, wish.disruption)) continue;
        rest.wishes.erase(target);
        rest.findings.push_back({domain->facts.name, "held back: " + target.name + " = " + wish.value +
                                                         " needs allow = [\"" + text_of(wish.disruption) + "\"] (" +
                                                         wish.because + ")"});
    }
    return rest;
}

}  // namespace kvmtune::plan
