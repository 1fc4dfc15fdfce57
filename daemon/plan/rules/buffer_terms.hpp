// What the recipe's buffers follow from, in words with their numbers.
#pragma once

#include <cstdint>
#include <string>

namespace kvmtune::plan {

/// Whether it is the buffer of every socket that asks for none of its own.
[[nodiscard]] bool is_default_of_sockets(const std::string &sysctl);

/// Of a sysctl of recipe_for_host() with this much memory in bytes; empty for those that are no buffers.
[[nodiscard]] std::string host_buffer_terms(const std::string &sysctl, std::uint64_t memory);

/// The same for recipe_for_guest().
[[nodiscard]] std::string guest_buffer_terms(const std::string &sysctl, std::uint64_t memory);

/// The round trip in tenths of a millisecond over which a TCP stream fills 10 Gbit/s with buffers of so many bytes: its
/// window is half of them (net.ipv4.tcp_adv_win_scale), the rest is for what packets take besides their data.
[[nodiscard]] std::uint64_t round_trip_filled(std::uint64_t bytes);

}  // namespace kvmtune::plan
