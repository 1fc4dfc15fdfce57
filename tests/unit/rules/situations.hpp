// Situations for tests of rules: a host of two nodes with eight CPUs each, and domains with one virtio NIC.
#pragma once

#include <algorithm>
#include <string>

#include "daemon/plan/rules/rules.hpp"
#include "tests/unit/placement/hosts.hpp"

namespace kvmtune::plan {

inline constexpr const char *mac = "52:54:00:12:34:56";

inline NicFacts virtio_nic(const std::string &address = mac) {
    NicFacts nic;
    nic.mac = address;
    nic.type = "network";
    nic.model = "virtio";
    return nic;
}

/// What a rule that reads the placement says.
inline Proposal placed(Proposal (*rule)(const Situation &, const Placement &), const Situation &situation) {
    return rule(situation, placement_of(situation));
}

/// A domain of type kvm, persistent and off, out of scope. Its UUID is "uuid of NAME".
inline DomainSituation domain_named(const std::string &name) {
    DomainSituation domain;
    domain.facts.uuid = "uuid of " + name;
    domain.facts.name = name;
    domain.facts.type = "kvm";
    domain.facts.vcpus = 4;
    domain.facts.memory = 8 * gib;
    domain.facts.nics = {virtio_nic()};
    return domain;
}

/// The same in scope, with the built-in defaults.
inline DomainSituation tuned_domain(const std::string &name = "web01") {
    DomainSituation domain = domain_named(name);
    domain.policy = DomainPolicy{};
    domain.policy->source = "test.toml:7";
    return domain;
}

inline GuestFacts guest_with(const std::map<std::string, std::string> &sysctls) {
    GuestFacts guest;
    guest.boot_id = "boot";
    guest.cpus = 4;
    guest.memory = 8 * gib;
    guest.sysctls = sysctls;
    for (const auto &[name, value] : sysctls) guest.sysctl_names.insert(name);
    return guest;
}

/// A host with vhost_net at hand and Debian's values.
inline Situation host_with(const std::vector<DomainSituation> &domains = {}) {
    Situation situation;
    situation.host.topology = host_of({});
    situation.host.loadable = {"vhost_net"};
    situation.host.sysctls = {
        {"net.core.rmem_max", "212992"},
        {"net.core.wmem_max", "212992"},
        {"net.core.netdev_max_backlog", "1000"},
        {"net.core.somaxconn", "4096"},
        {"net.core.rmem_default", "212992"},
        {"net.core.wmem_default", "212992"},
        {"net.ipv4.tcp_rmem", "4096 131072 6291456"},
        {"net.ipv4.tcp_wmem", "4096 16384 4194304"},
        {"net.ipv4.tcp_mtu_probing", "0"},
        {"net.ipv4.tcp_window_scaling", "1"},
    };
    situation.domains = domains;
    return situation;
}

inline const Wish *find(const Proposal &proposal, TargetKind kind, const std::string &name) {
    const auto found = std::find_if(proposal.wishes.begin(), proposal.wishes.end(), [&](const Wish &wish) {
        return wish.target.kind == kind && wish.target.name == name;
    });
    return found == proposal.wishes.end() ? nullptr : &*found;
}

/// The value wished for, or "no wish".
inline std::string value_of(const Proposal &proposal, TargetKind kind, const std::string &name) {
    const Wish *const wish = find(proposal, kind, name);
    return wish == nullptr ? "no wish" : wish->value;
}

}  // namespace kvmtune::plan
