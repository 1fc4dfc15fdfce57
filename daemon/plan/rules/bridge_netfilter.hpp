// Bridged frames past iptables: what the rule shares with the one that writes our sysctl.d file.
#pragma once

#include <array>

#include "daemon/plan/rules/recipe.hpp"
#include "daemon/plan/situation.hpp"

namespace kvmtune::plan {

inline constexpr std::array bridge_netfilter_sysctls = {
    "net.bridge.bridge-nf-call-arptables",
    "net.bridge.bridge-nf-call-ip6tables",
    "net.bridge.bridge-nf-call-iptables",
};

/// Lines for sysctl.d that keep it off where the module is there at boot already; none if it is not ours to switch off.
[[nodiscard]] Sysctls bridge_netfilter_at_boot(const Situation &situation);

}  // namespace kvmtune::plan
