// What AppArmor keeps from guests' QEMU on this host, as far as it matters for what it is asked to do.
#pragma once

#include "base/root.hpp"

namespace kvmtune::facts {

/// Whether QEMU may read node*/cpumap. libnuma reads it when QEMU allocates huge pages on the CPUs of a node; libvirt's
/// profile for QEMU as Debian 12 has it (9.0) forbids it, and QEMU ends with "The nodes select no CPUs".
[[nodiscard]] bool qemu_reads_nodes(const Root &root);

}  // namespace kvmtune::facts
