// How much the host's free memory is in pieces: a huge page needs a free block of its size, or the kernel must move
// what lies between.
#pragma once

#include <cstdint>
#include <map>

#include "base/root.hpp"

namespace kvmtune::facts {

/// How many blocks are free, by node and by their size in KiB: /proc/buddyinfo, without the zone of the first 16 MiB,
/// which is kept for old devices. Empty if it cannot be read.
[[nodiscard]] std::map<unsigned, std::map<std::uint64_t, std::uint64_t>> free_blocks(const Root &root);

}  // namespace kvmtune::facts
