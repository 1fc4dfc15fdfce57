// The ledger of CPUs that domains hold whom we do not place: out of scope, cpus = "off", placed by numad.
#pragma once

#include <map>
#include <string>

#include "daemon/plan/situation.hpp"

namespace kvmtune::plan {

struct Ledger {
    std::map<std::string, CpuSet> taken;  ///< by the domain's name

    [[nodiscard]] CpuSet all() const;
    bool operator==(const Ledger &) const = default;
};

/// A set of CPUs as a claim: its CPUs that are online, or none if that is all of them, which means "anywhere".
[[nodiscard]] CpuSet claim(const CpuSet &cpus, const Topology &topology);

/// What the pins of one definition (vcpupin, emulatorpin, iothreadpin, vcpu cpuset) hold.
[[nodiscard]] CpuSet held_by(const DomainFacts &facts, const Topology &topology);

/// What the pins (vcpupin, emulatorpin, iothreadpin, vcpu cpuset) of the domains that we do not place hold; a pin on
/// all CPUs holds none.
[[nodiscard]] Ledger ledger_of(const Situation &situation);

}  // namespace kvmtune::plan
