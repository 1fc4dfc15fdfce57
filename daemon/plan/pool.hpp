// A pool of huge pages: one NUMA node, one page size. Pools are shared with others, and each of us writes the number of
// all pages. So a hold on a pool is kept as an amount: what was granted less the original is ours. What others add
// stays theirs; what others take away is taken from ours first. In a crash between hold and effect, what lies above the
// original is ours, up to what was asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daemon/plan/hold.hpp"
#include "daemon/plan/target.hpp"

namespace kvmtune::plan {

struct PoolName {
    unsigned node = 0;
    std::uint64_t page_kib = 2048;

    auto operator<=>(const PoolName &) const = default;
};

/// "node0/2048kB" as a target, and back; nullopt for what is no pool's name.
[[nodiscard]] Target pool_target(const PoolName &pool);
[[nodiscard]] std::optional<PoolName> pool_named(const Target &target);

/// The kernel's folder of the pool, from the root without leading slash.
[[nodiscard]] std::string pool_folder(const PoolName &pool);

/// Where it is remembered until the next boot how far the kernel let the pool grow, from the root without leading
/// slash.
[[nodiscard]] std::string pool_limit_file(const PoolName &pool);

/// "2 MiB", "1 GiB", "64 KiB".
[[nodiscard]] std::string page_text(std::uint64_t page_kib);

/// Bytes as "15.4 GiB", rounded down.
[[nodiscard]] std::string gib_text(std::uint64_t bytes);

/// A number of pages; nullopt for what is no number.
[[nodiscard]] std::optional<std::uint64_t> pages_in(const Value &value);

/// How many pages of a held pool of this size are ours.
[[nodiscard]] std::uint64_t pages_of_ours(const Hold &hold, std::uint64_t now);

/// The hold on a pool of this size that is about to be asked for another: its original is the pool as it would be now
/// without us. held is nullptr if it is not held yet.
[[nodiscard]] Hold pool_asked_for(const Hold *held, const std::string &epoch, std::uint64_t now,
                                  const std::string &asked);

}  // namespace kvmtune::plan
