// What there is to see of an installation on this host: read from files and processes alone, so that it can be read
// where nothing works.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "base/root.hpp"

namespace kvmtune::doctor {

/// Where libvirt looks for hooks of QEMU; every executable file of the folder is one.
inline constexpr const char *hook_file = "etc/libvirt/hooks/qemu.d/kvmtune";

struct Signs {
    bool kvm = false;               ///< /dev/kvm is there
    bool vhost_net = false;         ///< /dev/vhost-net is there
    bool ready = false;             ///< the host part was done since the boot
    std::set<std::string> enabled;  ///< those of our units that start with the boot

    bool hook_there = false;   ///< a file or a link
    std::string hook_program;  ///< what the link ends at; empty if that is no file
    bool hook_executable = false;
    bool confined = false;          ///< AppArmor enforces a profile for libvirt's daemon
    std::optional<double> called;   ///< seconds after the boot: the last call of the hook
    unsigned running = 0;           ///< domains that run
    std::optional<double> started;  ///< seconds after the boot: the last start of a QEMU of theirs

    bool operator==(const Signs &) const = default;
};

[[nodiscard]] Signs signs_of(const Root &root);

}  // namespace kvmtune::doctor
