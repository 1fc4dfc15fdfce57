// A hypervisor that also tells what happens, for a process that stays.
#pragma once

#include <string>
#include <vector>

#include "daemon/apply/hypervisor.hpp"

namespace kvmtune::apply {

/// Something that happened to a domain or network. It says where to look, not what is there now.
struct Happening {
    enum class What {
        defined,    ///< its definition is new or another one
        undefined,  ///< it has none any more
        started,    ///< it runs, resumed or migrated here among them
        stopped,
        rebooted,  ///< by its guest: the same QEMU, another boot
        devices,   ///< a device was plugged in or out
        tuned,     ///< somebody moved its threads: virsh vcpupin, emulatorpin, iothreadpin
        network,   ///< a network was defined, started, stopped or undefined
    };
    What what = What::defined;
    std::string uuid;  ///< of the domain; empty for a network

    bool operator==(const Happening &) const = default;
};

/// "defined", "started", ...
[[nodiscard]] const char *text_of(Happening::What what);

/// Belongs to one thread, except for wake().
class Watch {
  public:
    Watch() = default;
    Watch(const Watch &) = delete;
    Watch &operator=(const Watch &) = delete;
    virtual ~Watch() = default;

    [[nodiscard]] virtual Hypervisor &hypervisor() = 0;
    /// Waits until something happens or somebody wakes it, and tells what happened since the last turn. An error: the
    /// connection is lost, and the watch is of no use any more.
    [[nodiscard]] virtual Result<std::vector<Happening>> turn() = 0;
    /// Ends the turn that is going on, or the next one at once. From any thread.
    virtual void wake() = 0;
};

}  // namespace kvmtune::apply
