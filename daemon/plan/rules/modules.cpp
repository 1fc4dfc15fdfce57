#include <algorithm>

#include "daemon/plan/own_files.hpp"
#include "daemon/plan/queues.hpp"
#include "daemon/plan/rules/rules.hpp"

namespace kvmtune::plan::rules {

namespace {

/// The first domain whose NICs vhost serves.
const DomainSituation *user_of_vhost(const Situation &situation) {
    const QueueRoom room = queue_room(situation.host, situation.policy.host);
    for (const DomainSituation &domain : situation.domains)
        if (domain.policy && domain.policy->profile == Profile::network &&
            !vhost_queues(domain.facts, *domain.policy, room).empty())
            return &domain;
    return nullptr;
}

/// Module -> why.
std::map<std::string, std::string> wanted_modules(const Situation &situation) {
    const HostPolicy &host = situation.policy.host;
    std::map<std::string, std::string> modules;
    if (const DomainSituation *user = user_of_vhost(situation); user && host.profile == Profile::network)
        modules["vhost_net"] = "modules: profile network, NICs of " + user->facts.name + " are served by vhost";
    for (const std::string &module : host.modules) modules[module] = "modules: the policy's [host] names it";
    return modules;
}

}  // namespace

Proposal modules(const Situation &situation) {
    Proposal proposal;
    std::string persisted;
    for (const auto &[module, because] : wanted_modules(situation)) {
        const Target target{TargetKind::module, "", module};
        if (situation.host.modules.count(module) == 0 && situation.host.loadable.count(module) == 0) {
            proposal.findings.push_back(
                {text_of(target), "it is neither loaded nor there to be loaded (" + because + ")"});
            continue;
        }
        proposal.wishes.push_back({target, "loaded", because, Disruption::live, {}, situation.policy.host.persist});
        persisted += module + "\n";
    }
    if (situation.policy.host.persist && !persisted.empty())
        proposal.wishes.push_back(
            own_files::wish_for(own_files::modules, persisted, "modules: loaded at boot too, as [host] persist says"));
    return proposal;
}

}  // namespace kvmtune::plan::rules

namespace kvmtune::plan {

std::set<std::string> asked_modules(const Policy &policy) {
    std::set<std::string> names(policy.host.modules.begin(), policy.host.modules.end());
    names.insert({"br_netfilter", "vhost_net"});
    return names;
}

}  // namespace kvmtune::plan
