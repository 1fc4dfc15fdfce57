// What the guest's kernel is able to drive, for who would give it other hardware.
#pragma once

#include <optional>
#include <string>

#include "base/root.hpp"

namespace kvmtune::agent {

/// "6.1.0-28-amd64"; empty if it cannot be read.
[[nodiscard]] std::string kernel_release(const Root &root);

/// Whether a driver for AHCI is there: at work, built in or a module; nullopt if its modules cannot be looked at. Not
/// whether an initramfs has it.
[[nodiscard]] std::optional<bool> has_ahci(const Root &root, const std::string &release);

/// Whether its virtio drivers know virtio 1.0: one of them agreed to it (VIRTIO_F_VERSION_1), or they are of Linux 4.0,
/// where it was complete, or later.
[[nodiscard]] bool knows_virtio_1(const Root &root, const std::string &release);

}  // namespace kvmtune::agent
