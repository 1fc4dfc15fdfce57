// The parts of a domain's facts, a file each; facts.cpp puts them together.
#pragma once

#include "base/result.hpp"
#include "daemon/domain/document.hpp"
#include "daemon/plan/facts.hpp"

namespace kvmtune::domain {

/// <cpu>; nullopt if there is none. A guest with cells has all of its vCPUs in them: those that no cell names are the
/// first one's, as in libvirt.
[[nodiscard]] Result<std::optional<plan::CpuModelFacts>> cpu_facts(const Document &document, unsigned vcpus);
/// Reads <vcpu>, pins, I/O threads, <numatune> and <memoryBacking> into the facts.
[[nodiscard]] Result<plan::DomainFacts> with_tuning(const Document &document, plan::DomainFacts facts);
/// Reads <devices> into the facts.
[[nodiscard]] Result<plan::DomainFacts> with_devices(const Document &document, plan::DomainFacts facts);

}  // namespace kvmtune::domain
