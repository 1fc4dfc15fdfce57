// Queues and rings of virtio NICs: how many, how large, and which NICs are left alone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/plan/facts.hpp"
#include "daemon/plan/placement/seat.hpp"
#include "daemon/plan/policy.hpp"

namespace kvmtune::plan {

/// The kernel's limit for a tap device.
inline constexpr unsigned most_queues = 256;

/// How many queues a NIC of this domain should have: the policy's number (at most 256, also beyond the vCPUs), else one
/// per vCPU and at most 8. The 8 is our own rule of thumb and no vendor's: each queue costs 64 KiB and a vhost worker
/// that wants a CPU.
[[nodiscard]] unsigned queues_for(const DomainFacts &domain, const DomainPolicy &policy);

/// Why nothing of a NIC's driver is touched, neither vhost nor queues nor rings; nullopt if it may be.
[[nodiscard]] std::optional<std::string> reason_to_leave_alone(const NicFacts &nic, const DomainFacts &domain);

/// Whether the queues that the user wrote stay: the section names no queues.
[[nodiscard]] bool keeps_queues(const NicFacts &nic, const DomainPolicy &policy);

/// Entries of a NIC's receive ring. Its sending ring stays: with a tap device QEMU takes no more than its default of
/// 256, and from 10.0 on does not start with more.
[[nodiscard]] unsigned rx_queue_size_for(const DomainPolicy &policy);

/// The queues that vhost workers will serve once the domain has what we wish for it, NIC by NIC: those of NICs left
/// alone with the number that the user gave them, none where vhost is not used (no KVM, driver name='qemu', no virtio).
[[nodiscard]] std::vector<NicQueue> vhost_queues(const DomainFacts &domain, const DomainPolicy &policy);

}  // namespace kvmtune::plan
