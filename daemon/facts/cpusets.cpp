// A partition's parent is a partition too, or, with a remote one (Linux 6.7), all cgroups above it say in
// cpuset.cpus.exclusive which CPUs go to it. So nothing but these is looked into: there may be thousands of cgroups.
#include "daemon/facts/cpusets.hpp"

#include <array>
#include <string>

namespace kvmtune::facts {

namespace {

constexpr const char *cgroups = "sys/fs/cgroup";
/// Where libvirt puts guests with and without systemd.
constexpr std::array guest_cgroups = {"machine.slice", "machine"};

std::string line_at(const Root &root, const std::string &path) {
    const std::string text = root.read(path).value_or("");
    return text.substr(0, text.find('\n'));
}

/// No CPU if there is no such file, or it holds no list: Linux 6.1 writes " (null)" for no nohz_full.
CpuSet cpus_at(const Root &root, const std::string &path) {
    return CpuSet::parse(line_at(root, path)).value_or(CpuSet{});
}

void add_partitions(const Root &root, const std::string &cgroup, std::vector<plan::CpuPartition> &partitions) {
    const auto folder = std::string(cgroups) + "/" + cgroup;
    for (const std::string &name : root.list(folder).value_or(std::vector<std::string>{})) {
        const std::string below = cgroup.empty() ? name : cgroup + "/" + name;
        const std::string path = std::string(cgroups) + "/" + below;
        // One that is not valid says so: "root invalid (Cpu list in cpuset.cpus not exclusive)".
        const std::string kind = line_at(root, path + "/cpuset.cpus.partition");
        if (kind.empty()) continue;
        const bool is_partition = kind == "root" || kind == "isolated";
        if (is_partition) partitions.push_back({below, cpus_at(root, path + "/cpuset.cpus.effective")});
        if (is_partition || !line_at(root, path + "/cpuset.cpus.exclusive").empty())
            add_partitions(root, below, partitions);
    }
}

}  // namespace

CpuSet isolated_cpus(const Root &root) {
    return cpus_at(root, "sys/devices/system/cpu/isolated");
}

CpuSet online_cpus(const Root &root) {
    return cpus_at(root, "sys/devices/system/cpu/online");
}

CpuSet possible_cpus(const Root &root) {
    return cpus_at(root, "sys/devices/system/cpu/possible");
}

CpuSet offline_cpus(const Root &root) {
    if (line_at(root, "sys/devices/system/cpu/smt/control").ends_with("off")) return {};  // "off", "forceoff"
    return cpus_at(root, "sys/devices/system/cpu/present") - online_cpus(root);
}

CpuSet tickless_cpus(const Root &root) {
    return cpus_at(root, "sys/devices/system/cpu/nohz_full");
}

std::vector<plan::CpuPartition> partitions(const Root &root) {
    std::vector<plan::CpuPartition> partitions;
    add_partitions(root, "", partitions);
    return partitions;
}

std::optional<CpuSet> guest_cpus(const Root &root) {
    for (const char *cgroup : guest_cgroups) {
        auto cpus = cpus_at(root, std::string(cgroups) + "/" + cgroup + "/cpuset.cpus.effective");
        if (!cpus.empty()) return cpus;
    }
    return std::nullopt;
}

}  // namespace kvmtune::facts
