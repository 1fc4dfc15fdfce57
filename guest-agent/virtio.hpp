// What a virtio device and its driver agreed on.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/root.hpp"

namespace kvmtune::agent {

/// Feature bits of the virtio specification.
constexpr std::size_t virtio_f_version_1 = 32;
constexpr std::size_t virtio_f_ring_reset = 40;

/// Whether a feature is in force for the device with this folder in sysfs; nullopt for one that is none of virtio.
[[nodiscard]] std::optional<bool> agreed_on(const Root &root, const std::string &device, std::size_t feature);

}  // namespace kvmtune::agent
