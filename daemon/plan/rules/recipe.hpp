// The values of the profile "network", from the reference recipe, and how they are fitted to what is there.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace kvmtune::plan {

using Sysctls = std::map<std::string, std::string>;

/// For a host with this much memory in bytes; 0 if it is not known: the reference's values as they are.
///
/// rmem_default and wmem_default apply to every UDP, netlink and unix socket of the host, and nothing but the socket's
/// own limit holds them back: so many that 10 000 full sockets take an eighth of the memory, at most the reference's
/// 1 MiB (reached at 78 GiB). The largest buffers: a 512th of the memory, at most the reference's 16 MiB (reached at
/// 8 GiB). Both are rules of thumb of ours. Autotuning lets a stream grow up to tcp_rmem's and tcp_wmem's last number
/// as long as all of TCP stays below tcp_mem's second, which the kernel sets to a sixteenth of the memory at boot
/// (tcp_init_mem(): 6.25 %) and which we leave: 32 streams with full buffers reach it. 16 MiB are enough for 10 Gbit/s
/// over a round trip of 6.7 ms, half of them being window; host and guest are some 0.2 ms apart.
[[nodiscard]] Sysctls recipe_for_host(std::uint64_t memory);

/// For a guest with this much memory in bytes: the reference's values, and tcp_mtu_probing for routes that swallow
/// large packets. Below 1 GiB the defaults of sockets stay the kernel's, and the largest buffers shrink with the
/// memory, to a 64th of it and 1 MiB at least: four streams with full buffers are what the guest's kernel lets TCP have
/// before it takes buffers back (tcp_mem, see above). A guest has fewer busy streams than a host, and as long ways.
[[nodiscard]] Sysctls recipe_for_guest(std::uint64_t memory);

/// The larger of two values, field by field, for values of as many whole numbers ("4096 131072 6291456"); nullopt if
/// nothing is larger than what is there, or if they cannot be compared.
[[nodiscard]] std::optional<std::string> raised(const std::string &present, const std::string &wanted);

}  // namespace kvmtune::plan
