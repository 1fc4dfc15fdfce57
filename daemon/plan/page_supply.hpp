// What the host's NUMA nodes can give to pools of huge pages: out of memory that is free now, less what the policy
// keeps free, in pieces that are large enough. Only the kernel knows the last, once it is asked: what it refused is a
// fact.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "daemon/plan/pool.hpp"
#include "daemon/plan/situation.hpp"

namespace kvmtune::plan {

/// "15.0 GiB of node 0 are free, 2.0 GiB of them in blocks that hold a page of 2 MiB".
[[nodiscard]] std::string free_text(const NodeMemory &memory, std::uint64_t page_kib);

/// Pages of this size that fit in the node's free blocks without moving anything.
[[nodiscard]] std::uint64_t pages_in_blocks(const NodeMemory &memory, std::uint64_t page_kib);

class PageSupply {
  public:
    explicit PageSupply(const Situation &situation) : host_(situation.host), policy_(situation.policy.host.hugepages) {}

    [[nodiscard]] const HugePagePool *pool(const PoolName &name) const;  ///< nullptr if there is none
    [[nodiscard]] const NodeMemory *memory_of(unsigned node) const;      ///< nullptr if it is not known

    using Sizes = std::map<PoolName, std::uint64_t>;  ///< of pools as planned, in pages

    /// Why a pool of so many pages has no room on its node, beside others; empty if it has. What it has already it may
    /// keep, as long as the node keeps what the policy says.
    [[nodiscard]] std::string objection_to(const PoolName &name, std::uint64_t size, const Sizes &planned) const;

    /// The same before a guest starts, of pages that it gets then: the node must be large enough.
    [[nodiscard]] std::string objection_to_lending(const PoolName &name, std::uint64_t pages) const;

    /// The same of what the kernel refused since the boot, until so much more memory is free.
    [[nodiscard]] std::string refusal_of(const PoolName &name, std::uint64_t size) const;

    /// That memory must be moved to make these pages, so that the kernel may give fewer; empty if it need not.
    [[nodiscard]] std::string fragmentation(const PoolName &name, std::uint64_t size) const;

    /// The kernel's arguments that make so many pages at boot, when no memory is in pieces yet, and what the other
    /// pools of this size have.
    [[nodiscard]] std::string boot_arguments(const PoolName &pool, std::uint64_t pages) const;

    /// Nodes that have memory, as a list.
    [[nodiscard]] std::string nodes_with_memory() const;

  private:
    struct Taken;
    [[nodiscard]] Taken taken_beside(const PoolName &but, const Sizes &planned) const;
    [[nodiscard]] std::string keeps_text(const NodeMemory &memory) const;

    const HostFacts &host_;
    const HugePagePolicy &policy_;
};

}  // namespace kvmtune::plan
