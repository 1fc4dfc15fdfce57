// The hosts in tests/hosts, all with the same guests.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "daemon/facts/host.hpp"
#include "daemon/facts/links.hpp"
#include "daemon/facts/topology.hpp"
#include "daemon/plan/placement/placement.hpp"
#include "daemon/policy/policy.hpp"
#include "tests/unit/placement/hosts.hpp"

namespace kvmtune::cli {

inline plan::DomainSituation wishing(const std::string &name, unsigned vcpus, std::uint64_t memory, unsigned queues) {
    auto domain = plan::kvm_domain(name, vcpus, memory);
    domain.policy = plan::DomainPolicy{};
    domain.policy->queues = queues;
    plan::NicFacts nic;
    nic.mac = "52:54:00:00:00:0" + std::to_string(vcpus);
    nic.type = "network";
    nic.model = "virtio";
    nic.bridge = "br0";
    domain.facts.nics.push_back(nic);
    return domain;
}

/// A database, two web servers, a cache with vhost CPUs of its own, a batch job that shares, somebody else's router
/// that is pinned, and one that nobody looks after.
inline std::vector<plan::DomainSituation> guests_of_hosts() {
    auto cache = wishing("cache", 2, 2 * plan::gib, 2);
    cache.policy->vhost_cpus = 1;
    auto batch = wishing("batch", 6, 4 * plan::gib, 1);
    batch.policy->cpus = plan::CpuPolicy::shared;
    auto router = wishing("router", 1, plan::gib, 1);
    router.policy = std::nullopt;
    router.facts.vcpupins[0] = CpuSet{2};
    auto loose = wishing("loose", 3, plan::gib, 1);
    loose.policy = std::nullopt;
    return {wishing("db", 4, 8 * plan::gib, 4),
            wishing("web1", 2, 2 * plan::gib, 2),
            wishing("web2", 2, 2 * plan::gib, 2),
            cache,
            batch,
            router,
            loose};
}

/// The files that describe a host.
inline std::vector<std::filesystem::path> host_files() {
    std::vector<std::filesystem::path> files;
    for (const auto &entry : std::filesystem::directory_iterator(KVMTUNE_TEST_HOSTS))
        if (entry.path().extension() == ".topology") files.push_back(entry.path());
    return files;
}

/// What else is known of a host, of a tree of its files.
inline void add_files(plan::Situation &situation, const std::filesystem::path &tree) {
    const Root root = Root::open(tree).value();
    situation.host = facts::host_facts(root, {}, {}).value();
    situation.host.links = facts::links_in(root).value();
    situation.policy = policy::load_policy(root).value();
}

/// A host that is described by a file or synthetically, with these guests.
inline plan::Situation situation_on(const std::string &topology) {
    plan::Situation situation;
    const auto tree = std::filesystem::path(topology).replace_extension(".tree");
    if (std::filesystem::exists(tree)) add_files(situation, tree);
    situation.host.topology = facts::topology_from(topology).value();
    situation.host.modules = {"vhost_net"};
    situation.domains = guests_of_hosts();
    return situation;
}

}  // namespace kvmtune::cli
