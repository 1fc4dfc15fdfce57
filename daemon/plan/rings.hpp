// Receive rings of virtio NICs: how large, by what of the guest's memory they pin.
//
// A larger ring takes a longer burst before packets are dropped. Its entries are full of buffers from the moment the
// link is up, and the guest cannot get them back: Linux gives each what packets have been large lately, up to a page
// (get_mergeable_buf_len() of virtio_net), so that a ring of 1024 entries holds up to 4 MiB. All rings of a guest may
// hold a sixteenth of its memory: as much as TCP may have in all its sockets before the kernel speaks of pressure
// (tcp_mem, 6.25 % of what there is). Less of it does not hurt anybody, a guest that swaps does.
//
// QEMU takes powers of two from 256, its default, to 1024. Sending rings stay: with a tap device QEMU takes no more
// than its default of 256, and from 10.0 on does not start with more; theirs is memory of sockets anyway.
#pragma once

#include <cstdint>
#include <string>

#include "daemon/plan/facts.hpp"
#include "daemon/plan/policy.hpp"

namespace kvmtune::plan {

inline constexpr unsigned smallest_ring = 256;
inline constexpr unsigned largest_ring = 1024;

/// Bytes that receive rings of so many entries hold at most, in so many queues.
[[nodiscard]] std::uint64_t ring_memory(unsigned entries, unsigned queues);

/// The share of a guest's memory, in bytes, that its rings may hold.
[[nodiscard]] std::uint64_t memory_for_rings(std::uint64_t memory);

/// Entries of each receive ring of a guest with so many queues on all its NICs: the policy's number, else the largest
/// that fits its memory, and the smallest where none does. A guest of which no memory is known has the largest.
[[nodiscard]] unsigned rx_queue_size_for(const DomainFacts &domain, const DomainPolicy &policy, unsigned queues);

/// What the size follows from, in words.
[[nodiscard]] std::string ring_terms(const DomainFacts &domain, unsigned entries, unsigned queues);

}  // namespace kvmtune::plan
