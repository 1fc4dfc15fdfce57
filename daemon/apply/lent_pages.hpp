// Huge pages that are in the pools only while a guest needs them: pool = "on-demand". libvirt's hook grows the pools
// before QEMU starts and gives the pages back when it has gone. libvirt waits for the hook, and a run of the pipeline
// may wait for libvirt; hence a lock of their own and a record a guest, in run/kvmtune/pages, which dies with the boot
// as the pages do. A record is written before the pools grow. Wherever a hook was not called, the next call of settle
// gives the pages back.
#pragma once

#include <cstdint>
#include <string>

#include "base/root.hpp"
#include "daemon/plan/facts.hpp"
#include "daemon/plan/policy.hpp"
#include "daemon/plan/pool.hpp"

namespace kvmtune::apply {

inline constexpr const char *lent_folder = "run/kvmtune/pages";

/// A guest is about to start: the pools of the nodes that its memory may be on get what they lack, all of it on one
/// node where one can give it. What the policy keeps free stays so. Nothing is done for a guest without huge pages or
/// with page sizes for its cells one by one, nor where enough pages are free. Errors: failed, in words, with the pools
/// as before.
[[nodiscard]] Result<> lend_pages(const Root &root, const plan::HugePagePolicy &policy, const plan::DomainFacts &facts);

/// Its QEMU runs and has its pages: what is free in the pools now is not waiting for it any more.
[[nodiscard]] Result<> pages_are_taken(const Root &root, const std::string &uuid);

/// Its QEMU has gone: what was lent for it leaves the pools, as far as it is free. The rest is settled later.
[[nodiscard]] Result<> take_back_pages(const Root &root, const std::string &uuid);

/// So many pages that belonged to a pool without any loan have left it.
[[nodiscard]] Result<> pages_have_left(const Root &root, const plan::PoolName &pool, std::uint64_t pages);

/// The same for guests that did not start, or went without a call: those whose QEMU does not run, unless they were
/// about to start in the last two minutes. And those who run are not about to start any more.
[[nodiscard]] Result<> settle_lent_pages(const Root &root);

}  // namespace kvmtune::apply
