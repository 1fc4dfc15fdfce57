#include "daemon/plan/situation.hpp"

#include <algorithm>

#include "daemon/plan/left_alone.hpp"

namespace kvmtune::plan {

ThreadPins pins_of(const DomainFacts &facts) {
    ThreadPins pins{facts.vcpupins, facts.iothreadpins, facts.emulatorpin};
    if (!facts.vcpu_cpuset) return pins;
    for (unsigned vcpu = 0; vcpu < facts.vcpus; ++vcpu) pins.vcpus.try_emplace(vcpu, *facts.vcpu_cpuset);
    for (const unsigned iothread : facts.iothreads) pins.iothreads.try_emplace(iothread, *facts.vcpu_cpuset);
    if (!pins.emulator) pins.emulator = facts.vcpu_cpuset;
    return pins;
}

ThreadPins pins_now(const DomainSituation &domain) {
    return domain.running_pins.value_or(pins_of(domain.facts));
}

bool has_nic(const DomainSituation &domain, const std::string &mac) {
    const auto is_it = [&](const NicFacts &nic) { return nic.mac == mac; };
    return std::any_of(domain.facts.nics.begin(), domain.facts.nics.end(), is_it) ||
           std::any_of(domain.running_nics.begin(), domain.running_nics.end(), is_it);
}

bool in_reach(const DomainSituation &domain) {
    return domain.policy && !reason_out_of_reach(domain.facts);
}

bool names(const DomainSituation &domain, const std::string &key) {
    return in_reach(domain) && domain.policy->named.count(key) != 0;
}

bool wants(const DomainSituation &domain, const std::string &key) {
    return in_reach(domain) && (domain.policy->profile != Profile::none || names(domain, key));
}

bool wants_cpus(const DomainSituation &domain) {
    return wants(domain, "cpus") && domain.policy->cpus != CpuPolicy::off && !domain.facts.automatic_placement;
}

bool rewritable(const DomainSituation &domain) {
    return in_reach(domain) && domain.persistent && !domain.failed_schema;
}

bool allows(const DomainSituation &domain, Disruption disruption) {
    if (domain.policy && domain.policy->allow.count(disruption) != 0) return true;
    switch (disruption) {
        case Disruption::live:
        case Disruption::link:
        case Disruption::next_boot:
            return true;
        case Disruption::binding:
            return !domain.policy || !domain.policy->migratable;
        case Disruption::start_dependency:
        case Disruption::guest_abi:
            return false;
    }
    return false;
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
