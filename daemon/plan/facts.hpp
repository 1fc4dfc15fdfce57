// What is known of the host, its domains and their guests: plain values that rules read.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/cpu_set.hpp"

namespace kvmtune::plan {

/// A logical CPU (PU) and where it sits.
struct Cpu {
    unsigned index = 0;  ///< the kernel's number
    unsigned core = 0;   ///< the same for SMT siblings, unique in the host
    unsigned node = 0;   ///< NUMA node

    bool operator==(const Cpu &) const = default;
};

struct Node {
    unsigned index = 0;
    std::uint64_t memory = 0;  ///< bytes
    CpuSet cpus;

    bool operator==(const Node &) const = default;
};

/// The host's online CPUs and NUMA nodes, both in ascending order of index.
struct Topology {
    std::vector<Cpu> cpus;
    std::vector<Node> nodes;

    [[nodiscard]] CpuSet all() const;
    [[nodiscard]] CpuSet siblings(unsigned cpu) const;  ///< the CPUs of its core, itself among them
    [[nodiscard]] std::optional<unsigned> node_of(unsigned cpu) const;
    bool operator==(const Topology &) const = default;
};

struct HostFacts {
    Topology topology;
    std::string kernel;  ///< release, "6.1.0-18-amd64"
    std::string boot_id;
    std::set<std::string> modules;               ///< loaded or built in, as far as asked for
    std::set<std::string> loadable;              ///< modules that modprobe would find, as far as asked for
    std::map<std::string, std::string> sysctls;  ///< as far as asked for; absent if the kernel has none of this name
    bool operator==(const HostFacts &) const = default;
};

/// One <interface> of a domain.
struct NicFacts {
    std::string mac;    ///< lower case; empty if the definition names none (then it cannot be addressed)
    std::string type;   ///< network, bridge, direct, user, hostdev, vhostuser, ...
    std::string model;  ///< virtio, e1000, ...; empty if not named
    std::optional<std::string> driver;  ///< <driver name=...>
    std::optional<unsigned> queues;     ///< <driver queues=...>
    std::optional<unsigned> mtu;        ///< <mtu size=...>

    bool operator==(const NicFacts &) const = default;
};

/// A domain's definition, as far as rules need it.
struct DomainFacts {
    std::string uuid;  ///< lower case; may be empty in a document that was never defined
    std::string name;
    std::string title;
    std::string type;  ///< kvm, qemu, ...
    std::string machine;
    unsigned vcpus = 0;                 ///< maximum
    std::uint64_t memory = 0;           ///< bytes
    std::optional<CpuSet> vcpu_cpuset;  ///< <vcpu cpuset=...>
    bool automatic_placement = false;   ///< <vcpu placement='auto'> or numatune placement='auto': numad decides
    std::map<unsigned, CpuSet> vcpupins;
    std::optional<CpuSet> emulatorpin;
    std::map<unsigned, CpuSet> iothreadpins;
    std::optional<CpuSet> memory_nodes;  ///< <numatune><memory nodeset=...>
    bool strict_memory = false;          ///< its mode is strict (or not named)
    bool hugepages = false;
    std::vector<NicFacts> nics;
    bool agent_channel = false;         ///< the channel org.kvmtune.agent.0 is there
    std::set<std::string> policy_tags;  ///< from our metadata: <kvmtune:policy tag='gold'/>

    bool operator==(const DomainFacts &) const = default;
};

/// A NIC as the guest's agent sees it.
struct GuestNic {
    std::string mac;
    std::string name;
    std::optional<unsigned> channels;  ///< combined, now
    std::optional<unsigned> channels_max;
    unsigned mtu = 0;

    bool operator==(const GuestNic &) const = default;
};

/// What a guest's agent said of its guest.
struct GuestFacts {
    std::string boot_id;
    std::string agent_version;
    unsigned cpus = 0;                           ///< online
    std::uint64_t memory = 0;                    ///< bytes
    std::set<std::string> sysctl_names;          ///< its allow list
    std::map<std::string, std::string> sysctls;  ///< values of those that exist there
    std::vector<GuestNic> nics;

    bool operator==(const GuestFacts &) const = default;
};

}  // namespace kvmtune::plan
