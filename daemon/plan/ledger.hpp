// The ledger of CPUs that others hold: domains whom we do not place (out of scope, cpus = "off", placed by numad), and
// whoever has CPUs of the host to himself. It also says which of the others are not like the rest.
#pragma once

#include <map>
#include <string>

#include "daemon/plan/situation.hpp"

namespace kvmtune::plan {

struct Ledger {
    std::map<std::string, CpuSet> taken;  ///< by the domain's name, or the owner's
    /// The kernel moves no thread from one of these to another: only for a thread that is pinned to one of them.
    CpuSet unbalanced = {};
    CpuSet interrupted = {};  ///< by the packets of guests: for vCPUs as long as there are no others

    [[nodiscard]] CpuSet all() const;
    bool operator==(const Ledger &) const = default;
};

/// A set of CPUs as a claim: its CPUs that are online, or none if that is all of them, which means "anywhere".
[[nodiscard]] CpuSet claim(const CpuSet &cpus, const Topology &topology);

/// What the pins of a domain hold, by its definition and for this run.
[[nodiscard]] CpuSet held_by(const DomainSituation &domain, const Topology &topology);

/// What the pins of the domains that we do not place hold, by their definitions and for this run, and what is withheld;
/// a pin on all CPUs holds none. Interrupts that come to most CPUs of a node are no reason to avoid some.
[[nodiscard]] Ledger ledger_of(const Situation &situation);

}  // namespace kvmtune::plan
