// QEMU's machines for x86 by their names: those with the i440FX chipset, which has conventional PCI and IDE alone, and
// those with Q35, which has PCI Express and AHCI.
#pragma once

#include <string>
#include <string_view>

#include "daemon/domain/document.hpp"

namespace kvmtune::domain::q35 {

/// "pc", "ubuntu", "pc-i440fx-7.2", "pc-1.3", "rhel6.6.0": as QEMU and its distributions call them.
[[nodiscard]] bool is_i440fx(std::string_view machine);

/// One from before 2013, by its name: what runs on it may know virtio only as it was before version 1.0.
[[nodiscard]] bool is_ancient(std::string_view machine);

/// The alias of the newest Q35 of an i440FX's family: "ubuntu-q35" for "pc-i440fx-jammy", else "q35".
[[nodiscard]] std::string successor_of(std::string_view machine);

/// "q35", "ubuntu-q35", "pc-q35-7.2".
[[nodiscard]] bool is_q35(std::string_view machine);

/// Whether a document is of such a machine.
[[nodiscard]] bool is_q35(const Document &document);

}  // namespace kvmtune::domain::q35
