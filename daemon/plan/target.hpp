// A target: one place that holds one value. Everything that kvmtune observes, plans, changes, holds and gives back is
// a target with a value in canonical text (the kernel's or libvirt's own form), so that one diff decides for all.
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace kvmtune::plan {

enum class TargetKind {
    module,    ///< a kernel module; value "loaded" or absent
    sysctl,    ///< a host sysctl by its dotted name; value with single blanks between fields
    file,      ///< a file that we own, by its path from the root without leading slash; value is its whole text
    element,   ///< an element or attribute of a domain's persistent definition; owner is the domain's UUID
    affinity,  ///< CPUs of a running domain's thread, or nodes of its memory; owner is the domain's UUID, value a
               ///< list ("0-3,8")
    pool,      ///< huge pages of a NUMA node; value is the number of pages. What others added is never taken away
    link,      ///< a link's MTU
    network,   ///< an element of a libvirt network's persistent definition, in force from its next start
    knob,      ///< a knob inside a guest, set by its agent; owner is the domain's UUID
};

/// Names by kind:
///   module    "vhost_net"
///   sysctl    "net.core.rmem_max"
///   file      "etc/sysctl.d/60-kvmtune.conf"
///   element   "cputune/vcpupin/3", "cputune/emulatorpin", "interface/52:54:00:12:34:56/driver/name",
///             "interface/52:54:00:12:34:56/driver/queues", "channel/org.kvmtune.agent.0",
///             "vhost/52:54:00:12:34:56/0" (where a worker goes at the next start)
///             (all of them: the list at the head of daemon/domain/elements.hpp)
///   pool      "node0/2048kB"
///   link      "vnet0/mtu"
///   network   "default/mtu"
///   affinity  "vcpu/3", "emulator", "iothread/1", "vhost/52:54:00:12:34:56/0" (queue 0 of the NIC with this MAC),
///             "memory/nodes" (NUMA nodes)
///   knob      "sysctl/net.core.rmem_max", "nic/52:54:00:12:34:56/channels", "nic/52:54:00:12:34:56/mtu",
///             "nic/52:54:00:12:34:56/rings/rx", "nic/52:54:00:12:34:56/name" (what it is called from the guest's next
///             boot on, wherever it sits)
struct Target {
    TargetKind kind = TargetKind::sysctl;
    std::string owner;  ///< a domain's UUID, or empty for the host
    std::string name;

    auto operator<=>(const Target &) const = default;
};

/// A domain's machine: given to it, its devices go with it, and only its whole document from before takes it back.
[[nodiscard]] Target machine_target(const std::string &uuid);
/// What it is given is a Q35 ("q35", "ubuntu-q35"), where virtio devices have the interface of virtio 1.0 alone, or,
/// for guests from before that, one with devices that have the older one too: this stands behind its name.
inline constexpr const char *with_older_virtio = " with transitional virtio";
[[nodiscard]] bool is_machine(const Target &target);

/// The MAC address of the NIC whose knob it is ("mtu", "rings/rx"); nullopt of another target.
[[nodiscard]] std::optional<std::string> mac_of_knob(const Target &target, const std::string &knob);

/// The name that a guest's NIC keeps. Unlike all other knobs it outlives the guest's boots.
[[nodiscard]] Target kept_name_target(const std::string &uuid, const std::string &mac);
/// The MAC address of such a target; nullopt of another one.
[[nodiscard]] std::optional<std::string> mac_of_kept_name(const Target &target);

/// The NUMA nodes of a running domain's memory.
[[nodiscard]] Target memory_target(const std::string &uuid);

/// A target's value; nullopt means that it is absent (no such element, module not loaded, no file).
using Value = std::optional<std::string>;

/// Whether targets of this kind have a domain as owner; the others are the host's.
[[nodiscard]] bool belongs_to_domain(TargetKind kind);

/// "sysctl:net.core.rmem_max", "element:UUID:cputune/emulatorpin": as journals, logs and JSON name it.
[[nodiscard]] std::string text_of(const Target &target);
/// The reverse of text_of().
[[nodiscard]] Result<Target> target_from(const std::string &text);

/// Whether a machine that was converted can be given back, with the whole definition from before.
enum class WayBack {
    open,
    edited,  ///< somebody changed the definition since
    lost,    ///< it is not kept here
};

/// What was seen at a target, and what its name stands for now.
struct Observation {
    Value value;
    /// What the name stands for: the host's boot id, QEMU's pid and start time, thread id and start time, the guest's
    /// boot id; empty for what survives them all (a file, a persistent definition). A hold of another epoch is void.
    std::string epoch;
    Value least = {};  ///< of a pool: its pages in use, which cannot be taken away
    WayBack way_back = WayBack::open;

    bool operator==(const Observation &) const = default;
};

/// What was observed. A target that is not in it could not be observed now (its domain is off, its guest has no agent).
using Observed = std::map<Target, Observation>;

}  // namespace kvmtune::plan
