#include "daemon/plan/situation.hpp"

#include <algorithm>

namespace kvmtune::plan {

bool names(const DomainSituation &domain, const std::string &key) {
    return domain.policy && domain.policy->named.count(key) != 0;
}

bool wants(const DomainSituation &domain, const std::string &key) {
    return domain.policy && (domain.policy->profile != Profile::none || names(domain, key));
}

bool wants_cpus(const DomainSituation &domain) {
    return wants(domain, "cpus") && domain.policy->cpus == CpuPolicy::dedicated && !domain.facts.automatic_placement;
}

bool rewritable(const DomainSituation &domain) {
    return domain.policy && domain.persistent && !domain.failed_schema;
}

bool host_in_scope(const Situation &situation) {
    const auto of_host = [](const auto &source) { return source.first.rfind("host", 0) == 0; };
    return situation.policy.host != HostPolicy{} ||
           std::any_of(situation.policy.sources.begin(), situation.policy.sources.end(), of_host) ||
           std::any_of(situation.domains.begin(), situation.domains.end(),
                       [](const DomainSituation &domain) { return domain.policy.has_value(); });
}

VhostNet vhost_net(const Situation &situation) {
    const std::string module = "vhost_net";
    if (situation.host.modules.count(module) != 0) return VhostNet::lasting;

    const HostPolicy &host = situation.policy.host;
    const bool ours_to_load = host.profile != Profile::none ||
                              std::find(host.modules.begin(), host.modules.end(), module) != host.modules.end();
    if (!ours_to_load || situation.host.loadable.count(module) == 0) return VhostNet::missing;
    return host.persist ? VhostNet::lasting : VhostNet::until_boot;
}

}  // namespace kvmtune::plan
