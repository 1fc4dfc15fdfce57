// Hosts of many kinds with the same guests: what is planned for them, as kvmtune topology draws it, beside the pictures
// in tests/hosts. KVMTUNE_DRAW_HOSTS=yes draws them anew, to be looked at.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "daemon/answers/json.hpp"
#include "daemon/cli/topology_view.hpp"
#include "daemon/facts/host.hpp"
#include "daemon/facts/links.hpp"
#include "daemon/facts/topology.hpp"
#include "daemon/plan/occupancy.hpp"
#include "daemon/policy/policy.hpp"

namespace hosts_test {

using namespace kvmtune;

namespace {

constexpr std::uint64_t gib = 1u << 30;

plan::DomainSituation domain(const std::string &name, unsigned vcpus, std::uint64_t memory, unsigned queues) {
    plan::DomainSituation domain;
    domain.facts.name = name;
    domain.facts.uuid = "uuid of " + name;
    domain.facts.type = "kvm";
    domain.facts.arch = "x86_64";
    domain.facts.os_type = "hvm";
    domain.facts.vcpus = vcpus;
    domain.facts.memory = memory;
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
std::vector<plan::DomainSituation> guests() {
    auto cache = domain("cache", 2, 2 * gib, 2);
    cache.policy->vhost_cpus = 1;
    auto batch = domain("batch", 6, 4 * gib, 1);
    batch.policy->cpus = plan::CpuPolicy::shared;
    auto router = domain("router", 1, gib, 1);
    router.policy = std::nullopt;
    router.facts.vcpupins[0] = CpuSet{2};
    auto loose = domain("loose", 3, gib, 1);
    loose.policy = std::nullopt;
    return {domain("db", 4, 8 * gib, 4),
            domain("web1", 2, 2 * gib, 2),
            domain("web2", 2, 2 * gib, 2),
            cache,
            batch,
            router,
            loose};
}

std::string read(const std::filesystem::path &path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// What else is known of a host, of a tree of its files.
void add_files(plan::Situation &situation, const std::filesystem::path &tree) {
    const Root root = Root::open(tree).value();
    situation.host = facts::host_facts(root, {}, {}).value();
    situation.host.links = facts::links_in(root).value();
    situation.policy = policy::load_policy(root).value();
}

std::string picture_of(std::filesystem::path host) {
    plan::Situation situation;
    const std::string topology = host;
    host.replace_extension(".tree");
    if (std::filesystem::exists(host)) add_files(situation, host);
    situation.host.topology = facts::topology_from(topology).value();
    situation.host.modules = {"vhost_net"};
    situation.domains = guests();
    const auto occupancy = occupancy_of(situation, plan::When::planned);
    auto text = cli::text_of_topology(answers::json_of(situation.host.topology, occupancy), cli::Palette::plain());
    for (const plan::Finding &finding : occupancy.findings) text += finding.about + ": " + finding.what + "\n";
    return text;
}

}  // namespace

TEST_CASE("each host is as its picture shows it") {
    unsigned hosts = 0;
    for (const auto &entry : std::filesystem::directory_iterator(KVMTUNE_TEST_HOSTS)) {
        if (entry.path().extension() != ".topology") continue;
        ++hosts;
        CAPTURE(entry.path().filename());
        auto golden = entry.path();
        golden.replace_extension(".txt");
        const auto picture = picture_of(entry.path());
        if (std::getenv("KVMTUNE_DRAW_HOSTS") != nullptr) std::ofstream(golden, std::ios::binary) << picture;
        CHECK(read(golden) == picture);
    }
    CHECK(hosts >= 10);
}

}  // namespace hosts_test
