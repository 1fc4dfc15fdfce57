// What we ask libvirt about one domain. For the files of this folder only: it includes libvirt.
#pragma once

#include <string>
#include <vector>

#include "daemon/apply/hypervisor.hpp"
#include "daemon/libvirt/handle.hpp"

namespace kvmtune::libvirt {

[[nodiscard]] std::string name_of(const Domain &domain);
[[nodiscard]] Result<std::string> uuid_of(const Domain &domain);
[[nodiscard]] Result<bool> is_running(const Domain &domain);
[[nodiscard]] Result<bool> is_persistent(const Domain &domain);

/// The persistent definition with its secrets: what may be edited and defined again without loss.
[[nodiscard]] Result<std::string> definition_of(const Domain &domain);

/// The names of its snapshots that hold its memory.
[[nodiscard]] Result<std::vector<std::string>> memory_snapshots(const Domain &domain);

/// All of it. A domain that stops or starts while it is read is reported as off.
[[nodiscard]] Result<apply::DomainRecord> record_of(const Domain &domain);

}  // namespace kvmtune::libvirt
