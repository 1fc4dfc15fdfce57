// The names of knobs and the shapes of their values: the agent's closed list.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace kvmtune::agent {

/// A knob's name in its parts.
struct KnobName {
    enum class Kind { sysctl, channels, mtu, rx_ring, tx_ring, name };
    Kind kind = Kind::sysctl;
    std::string key;  ///< the sysctl's name or the NIC's MAC

    bool operator==(const KnobName &) const = default;
};

/// The smallest and largest MTU that is taken: IPv6 needs the one, the kernel has no more than the other.
constexpr unsigned least_mtu = 1280;
constexpr unsigned most_mtu = 65535;

/// The sysctls on the list, sorted.
[[nodiscard]] std::vector<std::string> allowed_sysctls();
/// What a NIC has: "channels", "mtu", "rings/rx", ...
[[nodiscard]] std::vector<std::string> knobs_of_nics();
/// The name's parts; unsupported if it is not on the list.
[[nodiscard]] Result<KnobName> knob_from(const std::string &knob);
/// Whether the value has the knob's shape and size; invalid if not.
[[nodiscard]] Result<> check_value(const KnobName &knob, const std::string &value);
/// A whole number in decimal digits without sign or leading zeros, at most most; invalid if it is none.
[[nodiscard]] Result<unsigned> number_from(const std::string &text, unsigned most);

}  // namespace kvmtune::agent
