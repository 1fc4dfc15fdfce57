// CPUs of the host that no guest gets, by whose they are.
#pragma once

#include <string>
#include <vector>

#include "daemon/plan/situation.hpp"

namespace kvmtune::plan {

struct Withheld {
    std::string owner;  ///< "cpuset partition dpdk.slice", "isolated by the kernel", "outside of machine.slice"
    CpuSet cpus;
    std::string remedy;  ///< what helps whoever is pinned there

    bool operator==(const Withheld &) const = default;
};

/// The CPUs of others' cpuset partitions, those that the cgroup of all guests may not use, and isolated ones unless the
/// policy gives them to guests. No CPU is there twice.
[[nodiscard]] std::vector<Withheld> withheld(const Situation &situation);

/// All of these.
[[nodiscard]] CpuSet all_withheld(const Situation &situation);

/// Those that no guest's threads could run on, whatever the policy says.
[[nodiscard]] CpuSet out_of_reach(const HostFacts &host);

/// What is to be said of isolated CPUs, where a domain wants CPUs at all.
[[nodiscard]] std::vector<Finding> findings_on_isolated(const Situation &situation);

}  // namespace kvmtune::plan
