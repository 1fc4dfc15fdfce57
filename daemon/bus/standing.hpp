// How the daemon stands: what the properties on the bus show.
#pragma once

#include <cstdint>

namespace kvmtune::bus {

struct Standing {
    bool connected = false;        ///< with libvirt
    bool policy_in_force = false;  ///< some policy could be read
    bool as_desired = false;       ///< after the last round
    std::uint32_t to_change = 0;   ///< changes that the last round could not make
    std::uint32_t pending = 0;

    bool operator==(const Standing &) const = default;
};

}  // namespace kvmtune::bus
