// The rules: what should be, each in a file of its own. A rule reads the situation, knows of no other rule and changes
// nothing. This list is the table of contents of what kvmtune tunes.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "daemon/plan/huge_page_plan.hpp"
#include "daemon/plan/placement/placement.hpp"
#include "daemon/plan/situation.hpp"
#include "daemon/plan/wish.hpp"

namespace kvmtune::plan {

/// What one rule has to say.
struct Proposal {
    std::vector<Wish> wishes;
    std::vector<Finding> findings;

    bool operator==(const Proposal &) const = default;
};

namespace rules {

/// Findings only: domains in scope whose definition is not touched, and why.
[[nodiscard]] Proposal definitions(const Situation &situation);
/// vhost_net and the policy's modules, now and at boot.
[[nodiscard]] Proposal modules(const Situation &situation);
/// The host's socket buffers and backlogs, now and at boot. The profile's values only raise.
[[nodiscard]] Proposal host_sysctls(const Situation &situation);
/// Bridge netfilter off where nothing needs it, now and whenever its module comes.
[[nodiscard]] Proposal bridge_netfilter(const Situation &situation);
/// Findings only: CPUs that two owners claim, and those that no guest gets.
[[nodiscard]] Proposal cpu_owners(const Situation &situation, const Placement &placement);
/// vcpupin, emulatorpin and the places of vhost workers in definitions, from the placement.
[[nodiscard]] Proposal pins(const Situation &situation, const Placement &placement);
/// CPUs of running domains' vCPUs, emulators and vhost workers, from the same placement.
[[nodiscard]] Proposal affinities(const Situation &situation, const Placement &placement);
/// Huge pages of definitions, and the host's pools for them.
[[nodiscard]] Proposal huge_pages(const Situation &situation, const HugePagePlan &plan);
/// numatune of definitions, on the seat's node.
[[nodiscard]] Proposal memory_nodes(const Situation &situation, const Placement &placement, const HugePagePlan &pages);
/// The nodes of the memory of guests that run, when somebody rebalances and from then on.
[[nodiscard]] Proposal moved_memory(const Situation &situation, const Placement &placement);
/// Lets nobody take a place before all memory that is to move has moved: where some finds no room, all stay.
void after_memory(Desired &desired, const Situation &situation);
/// NUMA cells of guests on several nodes, and the nodes of each cell's memory.
[[nodiscard]] Proposal guest_cells(const Situation &situation, const Placement &placement);
/// cpu mode='host-passthrough' with a topology that is true to the seat.
[[nodiscard]] Proposal cpu_model(const Situation &situation, const Placement &placement);
/// iothreadpin of definitions, on the seat's housekeeping CPUs.
[[nodiscard]] Proposal iothreads(const Situation &situation, const Placement &placement);
/// cache='none' io='native' of disks that take it.
[[nodiscard]] Proposal disks(const Situation &situation);
/// Q35 instead of i440FX, which converts the whole definition.
[[nodiscard]] Proposal chipset(const Situation &situation);
/// driver name='vhost', queues and the receive ring of virtio NICs.
[[nodiscard]] Proposal nics(const Situation &situation);
/// MTU of whole segments: networks and interfaces for their next start, taps and guests that run.
[[nodiscard]] Proposal segments(const Situation &situation);
/// The channel that the guest's agent speaks through.
[[nodiscard]] Proposal agent_channel(const Situation &situation);
/// Active channels of NICs inside guests.
[[nodiscard]] Proposal guest_channels(const Situation &situation);
/// Rings of NICs inside guests, where they can be resized.
[[nodiscard]] Proposal guest_rings(const Situation &situation);
/// Socket buffers and backlogs inside guests.
[[nodiscard]] Proposal guest_sysctls(const Situation &situation);

}  // namespace rules

/// Without the wishes whose disruption needs a consent that the domain's section does not give; each becomes a finding.
[[nodiscard]] Desired consented(const Desired &desired, const Situation &situation);

/// All that the rules wish for.
[[nodiscard]] Desired desired(const Situation &situation);

/// The host sysctls that rules want to know of.
[[nodiscard]] std::set<std::string> asked_sysctls(const Policy &policy);
/// The modules that rules want to know of.
[[nodiscard]] std::set<std::string> asked_modules(const Policy &policy);

}  // namespace kvmtune::plan
