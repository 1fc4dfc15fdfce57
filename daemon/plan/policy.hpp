// What the administrator wants, as read from the policy files; the defaults are what holds with no file at all.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/cpu_set.hpp"
#include "daemon/plan/wish.hpp"

namespace kvmtune::plan {

enum class Profile { network, none };
/// A CPU of its own for each vCPU, those that are left on one node together with other guests, or no pins.
enum class CpuPolicy { dedicated, shared, off };

/// What CPUs are for that the kernel isolates: something else, or guests' vCPUs.
enum class IsolatedCpus { avoid, guests };

/// Where guests' huge pages come from.
struct HugePagePolicy {
    enum class Pool {
        reserve,    ///< a persisted pool for all matching guests
        on_demand,  ///< grown by libvirt's hook before a guest starts, and given back: it does not start without us
        fixed,      ///< a number of pages a node
        off,        ///< no pools of ours
    };
    Pool pool = Pool::reserve;
    std::uint64_t pages = 0;                       ///< a node, of a fixed pool
    std::vector<std::uint64_t> page_kib = {2048};  ///< 2048 and 1048576: the first that the node has pages of
    unsigned keep_free_percent = 10;               ///< of a node's memory that pools never take
    std::optional<std::uint64_t> keep_free_bytes;  ///< the same as bytes a node, instead of the percentage

    /// Bytes that pools leave to a node of so many.
    [[nodiscard]] std::uint64_t kept_of(std::uint64_t total) const {
        return keep_free_bytes.value_or(total / 100 * keep_free_percent);
    }
    bool operator==(const HugePagePolicy &) const = default;
};

/// [network.NAME]: a libvirt network, with all that hangs on its bridge.
struct NetworkPolicy {
    enum class Filter { automatic, off, keep };  ///< off unless something needs it; off; as it is
    std::optional<unsigned> mtu;                 ///< nullopt: "auto", what the uplink carries, else the profile's 9000
    Filter bridge_netfilter = Filter::automatic;
    std::string source;  ///< "file:line"

    bool operator==(const NetworkPolicy &) const = default;
};

struct HostPolicy {
    Profile profile = Profile::network;
    bool persist = true;                         ///< also write modules-load.d, sysctl.d, tmpfiles.d and networks
    std::map<std::string, std::string> sysctls;  ///< by dotted name, over the profile's
    std::vector<std::string> modules;            ///< beside the profile's
    std::optional<CpuSet> housekeeping;          ///< CPUs never given to guests; nullopt: one core a node, chosen by us
    IsolatedCpus isolated = IsolatedCpus::avoid;  ///< key "cpus.isolated"
    HugePagePolicy hugepages;
    bool gives_back_on_stop = false;  ///< key "on_stop": "rollback" when kvmtuned is stopped, or "keep"

    bool operator==(const HostPolicy &) const = default;
};

/// Which disks of a domain get cache='none' io='native'.
enum class DiskPolicy {
    probed,  ///< block devices and fully allocated raw files that take O_DIRECT
    all,     ///< all that take O_DIRECT
    off,
};

/// numatune's mode, or no numatune of ours.
enum class MemoryPolicy { restrictive, strict, preferred, off };

struct DomainPolicy {
    std::vector<std::string> match;  ///< name globs, "uuid:...", "title:GLOB", "metadata:TAG"
    Profile profile = Profile::network;
    CpuPolicy cpus = CpuPolicy::dedicated;
    std::optional<unsigned> vhost_cpus;                ///< nullopt: derived from the queues
    std::optional<unsigned> queues;                    ///< per NIC; nullopt: derived
    std::optional<unsigned> rx_queue_size;             ///< power of two from 256 to 1024; nullopt: derived
    bool hugepages = true;                             ///< key "hugepages": from the host's pool
    MemoryPolicy memory = MemoryPolicy::restrictive;   ///< key "numatune"
    bool cpu_passthrough = true;                       ///< key "cpu": "host-passthrough" or "keep"
    bool cpu_topology = true;                          ///< key "topology": "auto" or "keep"
    bool q35 = true;                                   ///< key "machine": "q35" or "keep"
    bool cells = true;                                 ///< key "cells": "mirror" or "keep"
    DiskPolicy disks = DiskPolicy::probed;             ///< key "disks"
    bool mtu = true;                                   ///< key "mtu": follow the network's ("network") or "keep"
    std::map<std::string, std::string> guest_sysctls;  ///< over the profile's
    std::set<Disruption> allow;                        ///< consents beyond the default classes
    bool strict = false;
    bool reapply = true;  ///< key "on_redefine": "reapply", or "yield" to whoever defines the domain anew
    bool migratable = false;
    std::set<std::string> named;  ///< keys that the section itself names: "queues", "cpus", ...
    std::string source;           ///< "file:line" of the section, or "built-in defaults"

    bool operator==(const DomainPolicy &) const = default;
};

struct Policy {
    HostPolicy host;
    std::vector<DomainPolicy> domains;              ///< first that matches wins
    std::map<std::string, NetworkPolicy> networks;  ///< by name
    std::map<std::string, std::string> sources;     ///< "host.sysctl.net.core.somaxconn" -> "file:line"

    bool operator==(const Policy &) const = default;
};

/// The section for a domain, or nullptr. Globs are fnmatch(3)'s.
[[nodiscard]] const DomainPolicy *section_for(const Policy &policy, const std::string &name, const std::string &uuid,
                                              const std::string &title, const std::set<std::string> &tags);

}  // namespace kvmtune::plan
