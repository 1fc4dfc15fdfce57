// What the kernel says of CPUs: who has some to himself, by its command line and by cgroups (v2), and which are
// offline.
#pragma once

#include <optional>
#include <vector>

#include "base/cpu_set.hpp"
#include "base/root.hpp"
#include "daemon/plan/facts.hpp"

namespace kvmtune::facts {

/// isolcpus= as far as it takes CPUs out of the scheduler's domains; on new kernels also those of isolated partitions.
[[nodiscard]] CpuSet isolated_cpus(const Root &root);

/// CPUs that run something, whoever may use them; none if the kernel does not say.
[[nodiscard]] CpuSet online_cpus(const Root &root);

/// CPUs that could ever be there: a list with others is refused (ERANGE), also as a cgroup's.
[[nodiscard]] CpuSet possible_cpus(const Root &root);

/// CPUs that are there, but offline, and can be brought back: while SMT is off, the kernel refuses that of siblings.
[[nodiscard]] CpuSet offline_cpus(const Root &root);

/// nohz_full=.
[[nodiscard]] CpuSet tickless_cpus(const Root &root);

/// The valid cpuset partitions ("root" and "isolated"), by cgroup, with the CPUs that they have left for themselves.
[[nodiscard]] std::vector<plan::CpuPartition> partitions(const Root &root);

/// The CPUs that libvirt's guests may use: those of machine.slice; nullopt where there is none or it has no cpuset.
[[nodiscard]] std::optional<CpuSet> guest_cpus(const Root &root);

}  // namespace kvmtune::facts
