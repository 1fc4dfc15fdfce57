// The hypervisor as the rest of kvmtune sees it: a few verbs of ours and no libvirt. daemon/libvirt is the real one,
// tests/fakes/fake_hypervisor one in memory. Calls block; nothing here may be called from a libvirt hook.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/cpu_set.hpp"
#include "base/result.hpp"

namespace kvmtune::apply {

/// One domain as it was at one moment.
struct DomainRecord {
    std::string uuid;  ///< lower case, with dashes
    std::string name;
    bool persistent = false;   ///< has a definition that outlives its run
    bool running = false;      ///< has a QEMU process (running, paused, shutting down)
    bool saved_image = false;  ///< a managed save: its next start takes the XML of the image, not the definition
    std::string definition;    ///< what the next start uses, with its secrets; empty for a transient domain
    std::string live;          ///< what runs now, without secrets; empty if it is off

    bool operator==(const DomainRecord &) const = default;
};

/// One of the hypervisor's networks as it was at one moment.
struct NetworkRecord {
    std::string uuid;  ///< lower case, with dashes
    std::string name;
    bool persistent = false;  ///< has a definition that outlives its run
    bool active = false;
    bool autostart = false;
    std::string definition;  ///< what its next start uses; empty for a transient network
    std::string live;        ///< what it runs with; empty if it is not active

    bool operator==(const NetworkRecord &) const = default;
};

/// What to do with a guest that does not shut down in time.
enum class Insist { no, destroy };

/// Errors name action and domain. No error ever shows a secret of a document.
class Hypervisor {
  public:
    Hypervisor() = default;
    Hypervisor(const Hypervisor &) = delete;
    Hypervisor &operator=(const Hypervisor &) = delete;
    virtual ~Hypervisor() = default;

    /// What we are connected to, in the hypervisor's own form ("qemu:///system").
    [[nodiscard]] virtual std::string uri() const = 0;

    /// All domains, in ascending order of UUID. One that goes away while they are read is left out.
    [[nodiscard]] virtual Result<std::vector<DomainRecord>> domains() const = 0;
    /// One domain by its UUID; not_found if there is none.
    [[nodiscard]] virtual Result<DomainRecord> domain(const std::string &uuid) const = 0;
    /// The UUID of the domain with this UUID or, if there is none, this name; not_found if there is none.
    [[nodiscard]] virtual Result<std::string> find(const std::string &name_or_uuid) const = 0;

    /// The names of a domain's snapshots that hold its memory: reverted to, it goes on as the machine that it was.
    [[nodiscard]] virtual Result<std::vector<std::string>> memory_snapshots(const std::string &uuid) const = 0;
    /// Whether guests of this type ("kvm") and architecture can be this machine ("q35") here. unsupported: it does not
    /// tell.
    [[nodiscard]] virtual Result<bool> has_machine(const std::string &type, const std::string &arch,
                                                   const std::string &machine) const = 0;

    /// Makes a document a domain's persistent definition, in force from its next start, after a check against the
    /// schema. The answer is the definition as the hypervisor gives it back, with its secrets. invalid: not a domain
    /// document, or not by the schema; unsupported: this hypervisor cannot do what it asks for. There is no
    /// compare-and-swap, a domain undefined meanwhile comes back and a transient one becomes persistent: ask for
    /// domain() right before.
    [[nodiscard]] virtual Result<std::string> define(const std::string &xml) = 0;

    /// All networks, in ascending order of name; none where the hypervisor has no networks of its own.
    [[nodiscard]] virtual Result<std::vector<NetworkRecord>> networks() const = 0;
    /// Makes a document a network's persistent definition, in force from its next start, after a check against the
    /// schema where libvirt has one (7.7); a network that runs is left as it is. The answer is the definition as the
    /// hypervisor gives it back. Errors and want of a compare-and-swap as for define().
    [[nodiscard]] virtual Result<std::string> define_network(const std::string &xml) = 0;

    /// Starts a domain that is off; from its saved image if it has one.
    [[nodiscard]] virtual Result<> start(const std::string &uuid) = 0;
    /// Asks the guest to shut down, again every few seconds, until it is off; one that is off is no error. After the
    /// limit: timed_out, or an end by force. A transient domain would be gone afterwards: unsupported.
    [[nodiscard]] virtual Result<> shut_down(const std::string &uuid, std::chrono::seconds limit, Insist insist) = 0;

    /// Moves a running domain's vCPU thread; the definition stays as it is. invalid: no such vCPU, no CPUs;
    /// failed: it is off, or the kernel refuses these CPUs.
    [[nodiscard]] virtual Result<> pin_vcpu(const std::string &uuid, unsigned vcpu, const CpuSet &cpus) = 0;
    /// Moves a running domain's emulator threads; on many kernels this resets the masks of its vhost workers, which
    /// have to be placed again afterwards.
    [[nodiscard]] virtual Result<> pin_emulator(const std::string &uuid, const CpuSet &cpus) = 0;
    /// Moves a running domain's iothread, by its id; the definition stays as it is. Errors as for pin_vcpu(), and
    /// unsupported where the hypervisor has none.
    [[nodiscard]] virtual Result<> pin_iothread(const std::string &uuid, unsigned iothread, const CpuSet &cpus) = 0;
    /// Moves a running domain's memory to other NUMA nodes, and what it will ask for with it; returns when it is
    /// there, which takes the time of copying it. The definition stays as it is. failed: it is off, or its numatune is
    /// not restrictive; unsupported where the hypervisor has no nodes.
    [[nodiscard]] virtual Result<> move_memory(const std::string &uuid, const CpuSet &nodes) = 0;
};

}  // namespace kvmtune::apply
