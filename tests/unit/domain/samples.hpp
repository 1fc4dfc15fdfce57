// Domain documents that the tests of this folder share.
#pragma once

#include <string>
#include <vector>

#include "daemon/domain/document.hpp"

namespace kvmtune::domain::samples {

struct Sample {
    std::string name;
    std::string bytes;
};

/// The guest of the reference recipe, before it was tuned; one interface, 52:54:00:12:34:56.
[[nodiscard]] std::string recipe_guest();
/// As libvirt prints a q35 domain: two interfaces (52:54:00:aa:bb:01 and :02), a virtio-serial controller in PCI
/// port 3.
[[nodiscard]] std::string q35_dump();
/// As libvirt prints an i440fx domain, with a pinned vCPU 1, <driver name='qemu'/> and a VNC password.
[[nodiscard]] std::string pc_dump();

/// All of them and the same in other layouts, encodings and line ends; every one has an interface 52:54:00:12:34:56.
[[nodiscard]] std::vector<Sample> all();

/// The document, which must be good.
[[nodiscard]] Document parsed(const std::string &bytes);

}  // namespace kvmtune::domain::samples
