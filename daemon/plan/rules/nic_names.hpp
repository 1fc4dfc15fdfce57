// What a guest calls its NICs goes by where they sit (ens3, enp1s0), and its network configuration goes by that: with
// another chipset they would have other names. They keep those that they have, which is settled inside the guest before
// the chipset changes, and for as long as it is another one. Names by the order of discovery (eth0) stay by themselves.
#pragma once

#include <string>

#include "daemon/plan/rules/rules.hpp"

namespace kvmtune::plan::rules {

/// Why the guest, which an agent speaks for, cannot keep them; empty: it can.
[[nodiscard]] std::string reason_to_lose_names(const DomainSituation &domain);

/// For a guest that is to be converted: its NICs keep the names that they have now.
[[nodiscard]] std::vector<Wish> names_to_keep(const DomainSituation &domain);

/// For one that was converted: they still do, and findings on those that do not.
[[nodiscard]] Proposal names_kept(const DomainSituation &domain);

}  // namespace kvmtune::plan::rules
