// The values of the profile "network", from the reference recipe, and how they are fitted to what is there.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace kvmtune::plan {

using Sysctls = std::map<std::string, std::string>;

/// For the host. Not rmem_default and wmem_default: they would apply to every UDP, netlink and unix socket of it.
[[nodiscard]] Sysctls recipe_for_host();

/// For a guest with this much memory in bytes. Below 1 GiB the defaults of sockets stay the kernel's, and TCP's largest
/// buffers shrink with the memory, to a 64th of it.
[[nodiscard]] Sysctls recipe_for_guest(std::uint64_t memory);

/// The larger of two values, field by field, for values of as many whole numbers ("4096 131072 6291456"); nullopt if
/// nothing is larger than what is there, or if they cannot be compared.
[[nodiscard]] std::optional<std::string> raised(const std::string &present, const std::string &wanted);

}  // namespace kvmtune::plan
