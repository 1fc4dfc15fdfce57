// The CPUs that a network device's interrupts come to.
#pragma once

#include <string>

#include "base/cpu_set.hpp"
#include "base/root.hpp"

namespace kvmtune::facts {

/// The CPUs that serve the message-signalled interrupts of a link's PCI device, by the link's name: where the kernel
/// delivers them, or where it may on kernels that do not tell. None of a link that is no such device.
[[nodiscard]] CpuSet interrupt_cpus(const Root &root, const std::string &link);

}  // namespace kvmtune::facts
