// What is known of the host, its domains and their guests: plain values that rules read.
#pragma once

#include <algorithm>
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
    unsigned package = 0;
    unsigned cache = 0;  ///< the same for those that share a last-level cache, unique in the host
    unsigned kind = 0;   ///< of its core: the higher, the faster; all the same on most hosts

    bool operator==(const Cpu &) const = default;
};

struct Node {
    unsigned index = 0;
    std::uint64_t memory = 0;  ///< bytes
    CpuSet cpus;
    std::map<unsigned, unsigned> distances = {};  ///< to other nodes, as the firmware's SLIT has them; empty: not known

    bool operator==(const Node &) const = default;
};

/// The host's online CPUs and NUMA nodes, both in ascending order of index.
struct Topology {
    std::vector<Cpu> cpus;
    std::vector<Node> nodes;

    [[nodiscard]] CpuSet all() const;
    [[nodiscard]] CpuSet siblings(unsigned cpu) const;  ///< the CPUs of its core, itself among them
    [[nodiscard]] std::optional<unsigned> node_of(unsigned cpu) const;
    [[nodiscard]] const Node *node(unsigned index) const;  ///< nullptr if there is none
    bool operator==(const Topology &) const = default;
};

/// How far a pool grew when the kernel could not give all that was asked for, in pages.
struct PoolLimit {
    std::uint64_t granted = 0;               ///< of the whole pool
    std::uint64_t reach = 0;                 ///< of the pool, and in free blocks beside it, right after it was put back
    std::optional<std::uint64_t> free = {};  ///< bytes of the node then, what files' caches would give up among them

    bool operator==(const PoolLimit &) const = default;
};

/// A NUMA node's pool of huge pages of one size, in pages.
struct HugePagePool {
    unsigned node = 0;
    std::uint64_t page_kib = 2048;
    std::uint64_t total = 0;              ///< without surplus pages: what was written to nr_hugepages and granted
    std::uint64_t free = 0;               ///< not in use
    std::uint64_t surplus = 0;            ///< in use beyond the pool's size
    std::uint64_t ours = 0;               ///< pages that we added, beside total: kept if they are wished for again
    std::optional<PoolLimit> limit = {};  ///< where the kernel has refused pages since the boot

    [[nodiscard]] std::uint64_t in_use() const { return total + surplus - free; }
    bool operator==(const HugePagePool &) const = default;
};

/// A NUMA node's memory in bytes, as the kernel tells it now.
struct NodeMemory {
    unsigned node = 0;
    std::uint64_t total = 0;
    std::uint64_t free = 0;  ///< unused, or a cache of files that the kernel gives up for huge pages
    /// How many blocks are free, by their size in KiB, as the kernel's buddy allocator keeps them; empty: not known.
    std::map<std::uint64_t, std::uint64_t> free_blocks = {};

    /// Bytes in free blocks that hold a page of this size; in the largest blocks, where none is as large as the page.
    [[nodiscard]] std::uint64_t in_blocks_for(std::uint64_t page_kib) const;
    bool operator==(const NodeMemory &) const = default;
};

/// A network link of the host.
struct Link {
    std::string name;
    unsigned index = 0;
    unsigned mtu = 0;
    std::string kind;                   ///< "bridge", "tun", "veth", ...; empty for a device of hardware
    std::string master;                 ///< name of the bridge or bond that it is a port of; empty if none
    std::string mac;                    ///< lower case
    std::optional<unsigned> node = {};  ///< NUMA node of a device of hardware, where the kernel knows it
    std::string manager = {};           ///< "NetworkManager" or "systemd-networkd", if one of them sets it up
    std::optional<unsigned> ours = {};  ///< the MTU that it has from us now; mtu is then the one before us
    CpuSet interrupt_cpus = {};         ///< of a device of hardware that is a port: which CPUs serve its interrupts

    /// What it carries now.
    [[nodiscard]] unsigned present_mtu() const { return ours.value_or(mtu); }
    bool operator==(const Link &) const = default;
};

/// A libvirt network.
struct NetworkFacts {
    std::string name;
    std::string uuid;
    std::string bridge;           ///< name of its bridge; empty if it has none
    std::string forward;          ///< "nat", "route", "open", "bridge", ...; empty for an isolated one
    std::optional<unsigned> mtu;  ///< <mtu size=...> of its persistent definition
    bool persistent = true;
    bool active = false;
    std::vector<std::string> devices = {};  ///< of a network without a bridge: what of the host it hands to guests

    /// Whether the bridge is libvirt's own: it makes it, and sets its MTU when the network starts.
    [[nodiscard]] bool owns_bridge() const { return !bridge.empty() && forward != "bridge"; }
    bool operator==(const NetworkFacts &) const = default;
};

/// A line of a sysctl.d file that sets one of the sysctls asked for.
struct SysctlLine {
    std::string file;  ///< path from the root without leading slash
    unsigned line = 0;
    std::string sysctl;
    std::string value;

    bool operator==(const SysctlLine &) const = default;
};

/// What a probe of a disk's source found out.
struct DiskProbe {
    bool direct = false;           ///< the file opens with O_DIRECT
    bool fully_allocated = false;  ///< a block device, or a file without holes
    std::string why_not;           ///< why it could not be probed or does not open, for findings

    bool operator==(const DiskProbe &) const = default;
};

/// CPUs that a cgroup has to itself: a cpuset partition.
struct CpuPartition {
    std::string cgroup;  ///< path below the cgroups' root: "dpdk.slice", "system.slice/ovs.service"
    CpuSet cpus;

    bool operator==(const CpuPartition &) const = default;
};

struct NicFacts;

struct HostFacts {
    Topology topology;
    std::string kernel;  ///< release, "6.1.0-18-amd64"
    std::string boot_id;
    std::string cpu_vendor;                      ///< "GenuineIntel", "AuthenticAMD"; empty if not known
    std::uint64_t memory = 0;                    ///< bytes; 0 if not known
    std::set<std::string> modules;               ///< loaded or built in, as far as asked for
    std::set<std::string> loadable;              ///< modules that modprobe would find, as far as asked for
    std::map<std::string, std::string> sysctls;  ///< as far as asked for; absent if the kernel has none of this name
    std::vector<SysctlLine> sysctl_lines;        ///< of other people's files, in the order in which they apply at boot
    std::vector<SysctlLine> tuned_lines;         ///< of TuneD's active profile, if it runs, in their order
    std::vector<HugePagePool> pools;             ///< by node and page size
    std::vector<NodeMemory> node_memory;
    std::uint64_t default_page_kib = 2048;                   ///< size of a huge page that names none
    std::optional<std::set<std::uint64_t>> hugetlbfs_pages;  ///< page sizes in KiB with a mount; nullopt: not known
    /// QEMU may read which CPUs a NUMA node has, which AppArmor's profile for it may forbid; nullopt: not known.
    std::optional<bool> qemu_reads_nodes;
    std::string
        transparent_pages;  ///< when memory is of transparent huge pages: always, madvise, never; empty: unknown
    std::set<std::string> bridge_filter_users;  ///< who needs bridge netfilter besides nwfilter: "Docker", "Kubernetes"
    std::set<std::string> thread_movers;        ///< services that move threads of others: "numad"
    CpuSet online_cpus;    ///< also those that a cgroup keeps from us, and the topology with them; empty: not known
    CpuSet possible_cpus;  ///< more the kernel takes in no list of CPUs; empty: not known
    CpuSet offline_cpus;   ///< that are there and can be brought back
    CpuSet isolated_cpus;  ///< between which the kernel never moves threads: isolcpus=, on new kernels cpusets too
    CpuSet tickless_cpus;  ///< nohz_full=
    std::vector<CpuPartition> partitions;  ///< by cgroup
    std::optional<CpuSet> guest_cpus;      ///< what the cgroup of all guests may use; nullopt: not known
    std::vector<Link> links;
    std::vector<NetworkFacts> networks;
    std::map<std::string, DiskProbe> disks;  ///< by path of the source; those that were probed
    bool described = false;                  ///< only the topology is known: nothing else of the host was read

    /// The CPUs that run something, as far as is known.
    [[nodiscard]] CpuSet running_cpus() const { return online_cpus | topology.all(); }
    /// The bridge that a domain's NIC hangs on, by itself, by its network or by its tap; empty if there is none.
    [[nodiscard]] std::string bridge_of(const NicFacts &nic) const;
    /// The line that decides about a sysctl at boot; nullptr if none of them sets it.
    [[nodiscard]] const SysctlLine *last_line(const std::string &sysctl) const;
    bool operator==(const HostFacts &) const = default;
};

/// One <interface> of a domain.
struct NicFacts {
    std::string mac;    ///< lower case; empty if the definition names none (then it cannot be addressed)
    std::string type;   ///< network, bridge, direct, user, hostdev, vhostuser, vdpa, ...
    std::string model;  ///< virtio, e1000, ...; empty if not named
    std::optional<std::string> driver;      ///< <driver name=...>
    std::optional<unsigned> queues;         ///< <driver queues=...>
    std::optional<unsigned> rx_queue_size;  ///< <driver rx_queue_size=...>
    std::optional<unsigned> mtu;            ///< <mtu size=...>
    std::string network;                    ///< <source network=...>; empty if it has none
    std::string bridge;                     ///< <source bridge=...>; empty if it has none
    std::string tap;                        ///< <target dev=...>: while it runs, the host's link
    bool filtered = false;                  ///< has a <filterref>: nwfilter rules

    [[nodiscard]] bool is_virtio() const;  ///< whether its model is virtio, in any spelling
    bool operator==(const NicFacts &) const = default;
};

/// Whether no other of these NICs has its MAC address, by which alone it could be told apart.
template <class Nic>
[[nodiscard]] bool is_alone(const Nic &nic, const std::vector<Nic> &nics) {
    return std::count_if(nics.begin(), nics.end(), [&](const Nic &other) { return other.mac == nic.mac; }) < 2;
}

/// One <disk> of a domain.
struct DiskFacts {
    std::string target;  ///< <target dev=...>: "vda"
    std::string bus;     ///< virtio, sata, ide, scsi, ...
    std::string type;    ///< block, file, network, volume, ...
    std::string device;  ///< disk, cdrom, floppy, lun
    std::string source;  ///< path of a file or block device; empty if there is none
    std::string format;  ///< <driver type=...>: raw, qcow2; empty if not named
    std::optional<std::string> cache;
    std::optional<std::string> io;
    std::optional<unsigned> iothread;
    bool has_backing = false;  ///< names a <backingStore> with a file

    bool operator==(const DiskFacts &) const = default;
};

struct CpuTopology {
    unsigned sockets = 1, dies = 1, clusters = 1, cores = 1, threads = 1;

    [[nodiscard]] unsigned cpus() const { return sockets * dies * clusters * cores * threads; }
    bool operator==(const CpuTopology &) const = default;
};

/// A guest NUMA cell: <cpu><numa><cell>.
struct GuestCell {
    unsigned id = 0;
    CpuSet vcpus;  ///< empty for a cell without CPUs
    std::uint64_t memory = 0;

    bool operator==(const GuestCell &) const = default;
};

/// <cpu> of a domain.
struct CpuModelFacts {
    std::optional<std::string> mode;  ///< custom, host-model, host-passthrough, maximum
    std::string match;
    std::string model;  ///< <model>; empty if not named
    std::optional<CpuTopology> topology;
    std::map<std::string, std::string> features;  ///< name -> policy
    std::optional<std::string> cache_mode;
    std::vector<GuestCell> cells;

    bool operator==(const CpuModelFacts &) const = default;
};

/// <memoryBacking> of a domain, as far as rules need it.
struct BackingFacts {
    bool hugepages = false;
    std::optional<std::uint64_t> page_kib;  ///< <page size=...> without nodeset
    bool pages_by_node = false;             ///< some <page> names a nodeset
    std::string source;                     ///< <source type=...>: file, anonymous, memfd
    std::string allocation;                 ///< <allocation mode=...>: immediate, ondemand

    bool operator==(const BackingFacts &) const = default;
};

/// What is to be said against giving a guest with the i440FX chipset Q35 instead, in words for people.
struct ChipsetFacts {
    std::string successor = "q35";       ///< the machine that it would be: the newest of its family, by its alias
    std::vector<std::string> obstacles;  ///< it would not survive that
    std::vector<std::string> doubts;     ///< who knows what is in the guest may know that it does
    std::vector<std::string> demands;    ///< what the guest has to bring along
    bool needs_ahci = false;             ///< it has a hard disk of IDE, which would be one of SATA
    bool has_virtio = false;             ///< disks or NICs, which behind a root port lose their older interface
    bool ancient = false;                ///< of a time when guests may have known virtio before version 1.0 alone

    bool operator==(const ChipsetFacts &) const = default;
};

/// A domain's definition, as far as rules need it.
struct DomainFacts {
    std::string uuid;  ///< lower case; may be empty in a document that was never defined
    std::string name;
    std::string title;
    std::string type;     ///< kvm, qemu, ...
    std::string arch;     ///< x86_64, ...; empty if not named
    std::string os_type;  ///< hvm, ...
    std::string machine;
    std::optional<ChipsetFacts> i440fx;      ///< of one with that chipset
    unsigned vcpus = 0;                      ///< maximum
    std::optional<unsigned> vcpus_at_start;  ///< <vcpu current=...>
    bool individual_vcpus = false;           ///< has a <vcpus> list
    std::uint64_t memory = 0;                ///< bytes
    std::uint64_t memory_at_start = 0;       ///< <currentMemory>, bytes; the same as memory if not named
    bool hotplug_memory = false;             ///< <maxMemory>, or memory devices
    std::optional<CpuSet> vcpu_cpuset;       ///< <vcpu cpuset=...>
    bool automatic_placement = false;        ///< <vcpu placement='auto'> or numatune placement='auto': numad decides
    std::map<unsigned, CpuSet> vcpupins;
    std::optional<CpuSet> emulatorpin;
    std::map<unsigned, CpuSet> iothreadpins;
    std::set<unsigned> iothreads;            ///< ids
    std::optional<CpuSet> memory_nodes;      ///< <numatune><memory nodeset=...>
    std::optional<std::string> memory_mode;  ///< <numatune><memory mode=...>; strict if it is there without one
    bool memory_by_cell = false;             ///< <numatune> has a <memnode>
    std::map<unsigned, CpuSet> cell_nodes;   ///< their nodesets, but for preferred ones, by the guest cell's id
    BackingFacts backing;
    std::optional<CpuModelFacts> cpu;
    std::string protection;         ///< <launchSecurity type=...>: sev, sev-snp, tdx; empty if there is none
    bool own_cpu_argument = false;  ///< qemu:commandline names -cpu (or -smp, -machine)
    std::vector<NicFacts> nics;
    std::vector<DiskFacts> disks;
    bool host_devices = false;          ///< others reach its memory: PCI and mediated devices, vDPA, NVMe, vhost-user
    bool agent_channel = false;         ///< the channel org.kvmtune.agent.0 is there
    std::set<std::string> policy_tags;  ///< from our metadata: <kvmtune:policy tag='gold'/>
    std::string own_policy;             ///< from the same element: TOML, the keys of a section; empty if it has none

    bool operator==(const DomainFacts &) const = default;
};

/// A NIC as the guest's agent sees it.
struct GuestNic {
    std::string mac;
    std::string name;
    std::optional<unsigned> channels;  ///< combined, now
    std::optional<unsigned> channels_max;
    unsigned mtu = 0;
    std::optional<unsigned> mtu_max = {};  ///< what the device takes
    std::optional<unsigned> rx_ring = {};  ///< entries, now
    std::optional<unsigned> rx_ring_max = {};
    std::optional<unsigned> tx_ring = {};
    std::optional<unsigned> tx_ring_max = {};
    std::string rings_fixed = {};  ///< why its rings cannot be resized, in the agent's words; empty: they can
    /// The name that it keeps wherever it sits; empty: none. nullopt: the guest cannot keep one.
    std::optional<std::string> kept_name = {};

    bool operator==(const GuestNic &) const = default;
};

/// What a guest's agent said of its guest.
struct GuestFacts {
    std::string boot_id;
    std::string agent_version;
    unsigned cpus = 0;                           ///< online
    std::uint64_t memory = 0;                    ///< bytes
    std::string kernel;                          ///< its release; empty: not told
    std::optional<bool> ahci;                    ///< whether its kernel has the driver; nullopt: not told
    std::optional<bool> virtio_1;                ///< whether its drivers know virtio 1.0; nullopt: not told
    std::set<std::string> sysctl_names;          ///< its allow list
    std::map<std::string, std::string> sysctls;  ///< values of those that exist there
    std::vector<GuestNic> nics;
    std::map<std::string, std::string> held;  ///< knobs that its agent has on record as a host's, with their originals

    bool operator==(const GuestFacts &) const = default;
};

}  // namespace kvmtune::plan
