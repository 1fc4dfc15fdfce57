#include "daemon/plan/withheld.hpp"

#include <algorithm>

namespace kvmtune::plan {

namespace {

constexpr const char *isolated_key = "host.cpus.isolated";

bool somebody_wants_cpus(const Situation &situation) {
    return std::any_of(situation.domains.begin(), situation.domains.end(), wants_cpus);
}

/// libvirt's cgroup for all guests, or one below it.
bool is_of_guests(const CpuPartition &partition) {
    const std::string path = partition.cgroup + "/";
    return path.starts_with("machine.slice/") || path.starts_with("machine/");
}

std::vector<Withheld> withheld_by_cgroups(const HostFacts &host) {
    CpuSet left = host.topology.all();
    std::vector<Withheld> all;
    const auto withhold = [&](const CpuSet &cpus, const std::string &owner) {
        if (left.intersects(cpus))
            all.push_back({owner, left & cpus, "virsh vcpupin (or iothreadpin) gives it others"});
        left = left - cpus;
    };
    for (const CpuPartition &partition : host.partitions)
        if (!is_of_guests(partition)) withhold(partition.cpus, "cpuset partition " + partition.cgroup);
    if (host.guest_cpus) withhold(left - *host.guest_cpus, "outside of machine.slice");
    return all;
}

CpuSet cpus_of(const std::vector<Withheld> &all) {
    CpuSet cpus;
    for (const Withheld &one : all) cpus = cpus | one.cpus;
    return cpus;
}

/// But for those that the kernel isolates because a partition has them.
CpuSet isolated_cpus(const HostFacts &host) {
    return (host.isolated_cpus & host.topology.all()) - cpus_of(withheld_by_cgroups(host));
}

}  // namespace

std::vector<Withheld> withheld(const Situation &situation) {
    const HostFacts &host = situation.host;
    auto all = withheld_by_cgroups(host);
    const CpuSet isolated = isolated_cpus(host);
    if (situation.policy.host.isolated == IsolatedCpus::avoid && !isolated.empty())
        all.push_back({"isolated by the kernel", isolated,
                       "if they are there for guests, isolated = \"guests\" in [host.cpus] says so"});
    return all;
}

CpuSet all_withheld(const Situation &situation) {
    return cpus_of(withheld(situation));
}

CpuSet out_of_reach(const HostFacts &host) {
    return cpus_of(withheld_by_cgroups(host));
}

std::vector<Finding> findings_on_isolated(const Situation &situation) {
    const HostPolicy &policy = situation.policy.host;
    const CpuSet isolated = isolated_cpus(situation.host);
    if (isolated.empty() || !somebody_wants_cpus(situation)) return {};
    std::vector<Finding> findings;
    if (policy.isolated == IsolatedCpus::avoid)
        findings.push_back(
            {isolated_key, "CPUs " + isolated.text() +
                               " are left out: the kernel isolates them (isolcpus), maybe for something "
                               "else; isolated = \"guests\" in [host.cpus] gives them to guests' vCPUs"});
    const CpuSet housekeeping = policy.housekeeping.value_or(CpuSet{}) & isolated;
    if (housekeeping.size() > 1)
        findings.push_back(
            {"host.cpus.housekeeping", "the kernel isolates CPUs " + housekeeping.text() +
                                           ": it does not spread the threads of emulators over them; name others"});
    return findings;
}

}  // namespace kvmtune::plan
