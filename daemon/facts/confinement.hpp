// What AppArmor keeps from guests' QEMU on this host, as far as it matters for what it is asked to do.
#pragma once

#include "base/root.hpp"

namespace kvmtune::facts {

/// Whether AppArmor enforces a profile for libvirt's daemon, which then confines its guests and its hooks too.
[[nodiscard]] bool libvirt_is_confined(const Root &root);

/// Whether QEMU may read node*/cpumap. libnuma reads it when QEMU allocates huge pages on the CPUs of a node; libvirt's
/// profile for QEMU as Debian 12 has it (9.0) forbids it, and QEMU ends with "The nodes select no CPUs".
[[nodiscard]] bool qemu_reads_nodes(const Root &root);

}  // namespace kvmtune::facts
