// What rules see: the host, the policy and all domains, as they would be without us. What we gave a domain before comes
// beside it, as a preference for placement only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/plan/facts.hpp"
#include "daemon/plan/placement/seat.hpp"
#include "daemon/plan/policy.hpp"

namespace kvmtune::plan {

/// CPUs that threads of a domain are pinned to; those without a pin are not in it.
struct ThreadPins {
    std::map<unsigned, CpuSet> vcpus;
    std::map<unsigned, CpuSet> iothreads;
    std::optional<CpuSet> emulator;

    bool operator==(const ThreadPins &) const = default;
};

/// Those of a definition. libvirt has vCPUs and emulators without one on the CPUs of <vcpu cpuset=...>.
[[nodiscard]] ThreadPins pins_of(const DomainFacts &facts);

/// A domain of the host, in scope or not.
struct DomainSituation {
    DomainFacts facts;           ///< its definition (what runs, if it is transient) as it would be without us
    bool persistent = true;      ///< has a definition that outlives its run
    bool failed_schema = false;  ///< its definition is not by libvirt's schema: a new one might lose parts of it
    bool running = false;
    std::optional<unsigned> running_vcpus;  ///< vCPUs that are plugged in, the first ones; nullopt: all
    std::optional<DomainPolicy> policy;     ///< its section; nullopt: out of scope
    std::optional<GuestFacts> guest;        ///< without us too; nullopt: no agent answers
    std::vector<NicFacts> running_nics;     ///< of what runs, with its taps and those plugged in; empty while it is off
    /// MTUs that its guest's NICs have from us as far as is known, by MAC: a guest that is silent keeps what it has.
    std::map<std::string, unsigned> given_mtus;
    Seat present;                                   ///< what it has of ours now
    bool converted = false;                         ///< its definition was one with the i440FX chipset before us
    bool runs_q35 = false;                          ///< what runs is Q35
    std::map<std::string, std::string> kept_names;  ///< what its guest's NICs are to be called, by MAC
    /// Of what runs, but for those that are ours: somebody may have set them for this run alone; nullopt: as
    /// defined.
    std::optional<ThreadPins> running_pins = {};
    /// What runs has its memory in huge pages, of these nodes (none: of any); nullopt: it has not.
    std::optional<CpuSet> huge_pages_of = {};
    std::optional<std::uint64_t> runs_on_page_kib = {};  ///< those are of this size; nullopt: of the host's default
    /// The nodes of the memory of what runs, where it can move to others meanwhile: libvirt can if the mode is
    /// restrictive, the kernel if the memory is neither in huge pages nor held in place.
    std::optional<CpuSet> movable_memory = {};
    std::optional<CpuSet> moved_memory = {};  ///< the same, movable or not, where we have moved it

    bool operator==(const DomainSituation &) const = default;
};

struct Situation {
    HostFacts host;  ///< without us
    Policy policy;
    std::vector<DomainSituation> domains;
    bool rebalance = false;  ///< seats are planned anew where that is better
    bool host_only = false;  ///< definitions stay as they are: pools are for those that have huge pages already

    bool operator==(const Situation &) const = default;
};

/// The pins that its threads have, or would if it started.
[[nodiscard]] ThreadPins pins_now(const DomainSituation &domain);

/// Whether it has a NIC with this MAC address, by its definition or while it runs.
[[nodiscard]] bool has_nic(const DomainSituation &domain, const std::string &mac);

/// Whether anything of the domain may be tuned: it is in scope, and of a kind that can be.
[[nodiscard]] bool in_reach(const DomainSituation &domain);

/// Whether a key of the domain's section is to be acted on: its profile does, or the section names the key itself.
[[nodiscard]] bool wants(const DomainSituation &domain, const std::string &key);

/// Whether a value that the user wrote may be changed: only where the section names the key.
[[nodiscard]] bool names(const DomainSituation &domain, const std::string &key);

/// Whether the domain gets CPUs from us. Not where numad places it (placement='auto').
[[nodiscard]] bool wants_cpus(const DomainSituation &domain);

/// Whether its persistent definition may be changed.
[[nodiscard]] bool rewritable(const DomainSituation &domain);

/// Whether the domain's section lets changes of this class be made.
[[nodiscard]] bool allows(const DomainSituation &domain, Disruption disruption);

/// Whether host settings are wished for at all: a domain is in scope, or the policy says something of the host.
[[nodiscard]] bool host_in_scope(const Situation &situation);

/// Whether /dev/vhost-net can be relied upon.
enum class VhostNet {
    missing,     ///< the module is neither loaded nor ours to load
    until_boot,  ///< we load it, and nothing does so at the next boot
    lasting,     ///< it is there without us, or persisted by us
};
[[nodiscard]] VhostNet vhost_net(const Situation &situation);

}  // namespace kvmtune::plan
