// What a document itself says against giving its guest another chipset.
#pragma once

#include <string>
#include <vector>

#include "daemon/domain/document.hpp"

namespace kvmtune::domain::q35 {

/// Why a guest with this i440fx document would not survive the conversion, a reason each; empty where nothing speaks
/// against it. Of a document of another machine: that it is none.
[[nodiscard]] std::vector<std::string> obstacles(const Document &document);

/// Why it may not survive it, depending on what is inside the guest: somebody who knows has to name the conversion.
[[nodiscard]] std::vector<std::string> doubts(const Document &document);

/// What its guest has to bring along to find its disks and NICs again.
[[nodiscard]] std::vector<std::string> demands(const Document &document);

/// Whether a hard disk would be one of SATA.
[[nodiscard]] bool needs_ahci(const Document &document);

/// Whether it has disks or NICs of virtio, which behind a root port have no interface from before virtio 1.0.
[[nodiscard]] bool has_virtio(const Document &document);

}  // namespace kvmtune::domain::q35
