// CPUs of one running domain's vhost workers, of which libvirt knows nothing: moved by sched_setaffinity(2) inside the
// emulator's cpuset. The domain's live definition, QEMU's pid file and /proc are all that it takes.
//
// A worker that runs where the emulator runs has no place of its own: its value is absent. On kernels to 6.3 every
// change of the emulator's cpuset puts all workers back to that.
#pragma once

#include <utility>
#include <vector>

#include "daemon/apply/effects.hpp"
#include "daemon/facts/threads.hpp"
#include "daemon/plan/facts.hpp"
#include "daemon/plan/placement/seat.hpp"

namespace kvmtune::apply {

/// The queues that have a vhost worker in a domain that runs with this (live) definition, in the order in which QEMU
/// makes them.
[[nodiscard]] std::vector<plan::NicQueue> workers_of(const plan::DomainFacts &live);

/// Where the worker that a target names runs, of a domain with these threads; not_found if it has none now.
[[nodiscard]] Result<plan::Observation> worker_seen(const facts::QemuThreads &threads, const plan::DomainFacts &live,
                                                    const plan::Target &target);

class WorkerEffects : public Effects {
  public:
    /// The tree must outlive it; the facts are those of the live definition.
    WorkerEffects(const Root &root, plan::DomainFacts live) : root_(root), live_(std::move(live)) {}

    [[nodiscard]] Result<plan::Observation> look(const plan::Target &target) override;
    [[nodiscard]] Result<> put(const plan::Target &target, const plan::Value &value) override;

  private:
    [[nodiscard]] Result<facts::QemuThreads> threads() const;

    const Root &root_;
    plan::DomainFacts live_;
};

}  // namespace kvmtune::apply
