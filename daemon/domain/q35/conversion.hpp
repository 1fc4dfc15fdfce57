// An i440FX document as one of Q35. The guest finds its disks, NICs and everything else again, in other slots; what
// stands outside of the devices concerned stays byte for byte.
//
//   machine          "q35", or what its family has of it, which libvirt makes the newest one of its host, and keeps
//   PCI              pcie-root with a pcie-root-port for each PCI Express device and some for hot-plug; bridges go, and
//                    with them all PCI addresses: libvirt gives new ones
//   IDE              SATA, in the order of the old places; a disk's name stays ("hda"), which others know it by
//   USB              of the PIIX: the controllers of the ICH9, for which all guests have drivers
//   sound            ich6 is ich9, the same to a driver
//   virtio           as it is, or for guests from before virtio 1.0 transitional, which are conventional PCI devices
//   all else         as it is: e1000, LSI, watchdogs, floppies, ISA and PS/2 are there on both
#pragma once

#include <string>

#include "base/result.hpp"
#include "daemon/domain/draft.hpp"

namespace kvmtune::domain::q35 {

/// Root ports beyond what the devices need: so many can be plugged in while the guest runs.
inline constexpr unsigned spare_ports = 4;

/// Which interface virtio devices have behind the new chipset.
enum class Virtio { modern, transitional };

/// The edits. unsupported: obstacles() says why not.
[[nodiscard]] Result<> convert(Draft &draft, const std::string &machine, Virtio virtio);

}  // namespace kvmtune::domain::q35
