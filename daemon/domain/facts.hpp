// A domain document as facts for the rules.
#pragma once

#include "base/result.hpp"
#include "daemon/domain/document.hpp"
#include "daemon/plan/facts.hpp"

namespace kvmtune::domain {

/// What rules need to know of a domain, with libvirt's defaults where it names nothing (one vCPU, memory in KiB, strict
/// numatune). A number, unit, UUID or CPU list that libvirt would refuse too is an error "name:line:column: cause".
[[nodiscard]] Result<plan::DomainFacts> facts_of(const Document &document);

}  // namespace kvmtune::domain
