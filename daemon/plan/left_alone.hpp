// Kinds of domains that are left alone, wholly or in part, each with the reason in the words of its finding.
#pragma once

#include <optional>
#include <string>

#include "daemon/plan/facts.hpp"

namespace kvmtune::plan {

/// Why nothing of this domain is tuned (another hypervisor, architecture or kind of guest); nullopt if it may be.
[[nodiscard]] std::optional<std::string> reason_out_of_reach(const DomainFacts &domain);

/// Why its CPU model, features and topology stay: no KVM, protected memory, a -cpu argument of its own.
[[nodiscard]] std::optional<std::string> reason_to_keep_cpu_model(const DomainFacts &domain);

/// Why its topology stays, though its model may change: vCPUs that come and go.
[[nodiscard]] std::optional<std::string> reason_to_keep_topology(const DomainFacts &domain);

/// Why its memory gets no huge pages: protected, or an amount that may change while it runs, or memory that libvirt
/// does not let be of huge pages.
[[nodiscard]] std::optional<std::string> reason_to_keep_backing(const DomainFacts &domain);

}  // namespace kvmtune::plan
