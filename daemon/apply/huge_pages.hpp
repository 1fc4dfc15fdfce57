// How a pool of huge pages is made larger or smaller.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "base/result.hpp"
#include "base/root.hpp"
#include "daemon/plan/facts.hpp"
#include "daemon/plan/pool.hpp"

namespace kvmtune::apply {

/// The kernel's side of one pool.
struct PoolDoor {
    std::function<Result<plan::HugePagePool>()> look;
    std::function<Result<>(std::uint64_t)> ask;  ///< for so many pages; the kernel may grant fewer, and say nothing
    std::function<void()> compact;               ///< tries to make large blocks of the node's free memory
    std::function<plan::NodeMemory()> memory;    ///< the node's, now
    std::function<void(const std::optional<plan::PoolLimit> &)> remember;  ///< until the next boot
};

/// The pool's files below a root, which must outlive the door.
[[nodiscard]] PoolDoor door_of(const Root &root, const plan::PoolName &pool);

/// Makes the pool hold so many pages, moving memory together first where free blocks are too few. Pages in use are
/// never taken away: then it stays larger. If it cannot grow so far, it is put back to what it was; it is remembered
/// how far it grew, and the error says so.
[[nodiscard]] Result<> resize(const PoolDoor &door, std::uint64_t pages);

}  // namespace kvmtune::apply
