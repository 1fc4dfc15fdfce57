// Who sits on which CPU of the host: for pictures, and for whoever asks why a CPU is busy.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/plan/situation.hpp"
#include "daemon/plan/withheld.hpp"

namespace kvmtune::plan {

/// A thread of a domain's, or several alike, that may run on a CPU.
enum class Role { vcpu, emulator, iothread, vhost };

/// "vcpu", "emulator", "iothread", "vhost".
[[nodiscard]] const char *text_of(Role role);

struct Use {
    std::string domain;  ///< its name
    Role role = Role::vcpu;
    unsigned number = 0;  ///< of the vCPU, or of the worker, counted over all queues of all NICs; 0 for the others
    bool ours = true;     ///< we gave it this CPU; otherwise its definition does

    auto operator<=>(const Use &) const = default;
};

struct Occupancy {
    CpuSet housekeeping;
    std::map<unsigned, std::vector<Use>> uses;  ///< by CPU
    std::vector<std::string> floating;          ///< domains whose vCPUs run anywhere, by name
    std::vector<Withheld> withheld;             ///< that no guest gets
    CpuSet offline;                             ///< that are there, and which nobody can run on
    std::vector<Finding> findings;              ///< on CPUs, and on guests without their planned place
};

enum class When { now, planned };

/// As pins are now, of those who run and those who are defined, or as they are to be.
[[nodiscard]] Occupancy occupancy_of(const Situation &situation, When when);

}  // namespace kvmtune::plan
