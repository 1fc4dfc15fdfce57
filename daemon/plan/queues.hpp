// Queues of virtio NICs: how many, why, and which NICs are left alone.
//
// All NICs of a guest together get a queue per vCPU, each at least one and at most 8; the first ones get one more where
// it does not come out even. What the user wrote into a NIC stays, and counts. The reasons, and what else limits them:
//
// * vCPUs. A guest never uses more queues than it has CPUs (virtio_net activates the smaller number), and a CPU sends
//   through one queue at a time: eight vCPUs keep eight queues busy, on however many NICs. More of them cost a vhost
//   worker each, a tap fd, 64 KiB of the kernel's memory (OKD's manual on multi-queue, which sees no gain either where
//   NICs are as many as vCPUs) and their ring's buffers in the guest, and gain nothing.
// * 8 a NIC is our own rule of thumb and no vendor's; it is the reference recipe's number too.
// * vhost CPUs. A worker wants a CPU, two share one. Guests with a queue per vCPU fill a host with two CPUs for vCPUs
//   to one for vhost, so that a guest may count on a third of the CPUs of one node (its workers are on its own), the
//   largest, without housekeeping; or on what the policy's vhost_cpus gives it. That is by the host's shape alone and
//   not by who else is there: otherwise a guest's definition would change whenever another one comes.
// * Memory. Rings of the smallest size for all queues must fit the share of rings.hpp.
// * MSI-X vectors: two a queue and two more a NIC, as libvirt asks QEMU for them. They limit nothing: by the above
//   there are at most four for each vCPU, or for each NIC where those are more, and x86 has some 200 for each CPU.
//
// The policy's queues are every NIC's, up to the 256 that the kernel lets a tap device have (MAX_TAP_QUEUES).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/plan/facts.hpp"
#include "daemon/plan/placement/seat.hpp"
#include "daemon/plan/policy.hpp"

namespace kvmtune::plan {

/// The kernel's limit for a tap device.
inline constexpr unsigned most_queues = 256;

/// What a host has for the queues of one guest, whatever other guests there are.
struct QueueRoom {
    std::optional<unsigned> vhost_cpus = {};         ///< that the workers of a guest may count on; nullopt: not known
    std::set<std::string> networks_of_devices = {};  ///< that hand out devices of the host: their NICs have no tap

    bool operator==(const QueueRoom &) const = default;
};

[[nodiscard]] QueueRoom queue_room(const HostFacts &host, const HostPolicy &policy);

/// The queues of a guest's NICs that are not left alone, and the terms that they follow from.
struct GuestQueues {
    unsigned vcpus = 0;
    unsigned sharing = 0;                            ///< NICs without a number of the user's
    unsigned of_user = 0;                            ///< queues that the user wrote into his NICs
    std::optional<unsigned> vhost_cpus = {};         ///< nullopt: no limit, or not known
    std::optional<unsigned> fit_in_memory = {};      ///< queues; nullopt: not known
    std::map<std::string, unsigned> number_of = {};  ///< by MAC address

    [[nodiscard]] unsigned all() const;
    bool operator==(const GuestQueues &) const = default;
};

[[nodiscard]] GuestQueues guest_queues(const DomainFacts &domain, const DomainPolicy &policy, const QueueRoom &room);

/// The terms in words, with their numbers, for NICs whose number is derived.
[[nodiscard]] std::string terms_of(const GuestQueues &queues, const DomainPolicy &policy);

/// The MSI-X vectors that a NIC of so many queues has.
[[nodiscard]] unsigned vectors_for(unsigned queues);

/// Why nothing of a NIC's driver is touched, neither vhost nor queues nor rings; nullopt if it may be.
[[nodiscard]] std::optional<std::string> reason_to_leave_alone(const NicFacts &nic, const DomainFacts &domain);
/// The same where the host is known.
[[nodiscard]] std::optional<std::string> reason_to_leave_alone(const NicFacts &nic, const DomainFacts &domain,
                                                               const QueueRoom &room);

/// Whether the queues that the user wrote stay: the section names no queues.
[[nodiscard]] bool keeps_queues(const NicFacts &nic, const DomainPolicy &policy);

/// The queues that vhost workers will serve once the domain has what we wish for it, NIC by NIC: those of NICs left
/// alone with the number that the user gave them, none where vhost is not used (no KVM, driver name='qemu', no virtio).
[[nodiscard]] std::vector<NicQueue> vhost_queues(const DomainFacts &domain, const DomainPolicy &policy,
                                                 const QueueRoom &room);

}  // namespace kvmtune::plan
