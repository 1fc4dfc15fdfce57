// CPUs of a running domain's threads. vCPUs and the emulator are moved by libvirt, which moves their cgroups with them;
// vhost workers, of which libvirt knows nothing, by sched_setaffinity(2) inside the emulator's cpuset.
//
// A worker that runs where the emulator runs has no place of its own: its value is absent. On kernels to 6.3 every
// change of the emulator's cpuset puts all workers back to that.
#pragma once

#include "daemon/apply/effects.hpp"
#include "daemon/apply/hypervisor.hpp"
#include "daemon/facts/threads.hpp"
#include "daemon/plan/facts.hpp"
#include "daemon/plan/placement/seat.hpp"

namespace kvmtune::apply {

/// The queues that have a vhost worker in a domain that runs with this (live) definition, in the order in which QEMU
/// makes them.
[[nodiscard]] std::vector<plan::NicQueue> workers_of(const plan::DomainFacts &live);

class ThreadEffects : public Effects {
  public:
    /// Both must outlive it.
    ThreadEffects(const Root &root, Hypervisor &hypervisor);

    [[nodiscard]] Result<plan::Observation> look(const plan::Target &target) override;
    [[nodiscard]] Result<> put(const plan::Target &target, const plan::Value &value) override;

  private:
    struct Located {
        facts::Thread thread;
        facts::Thread emulator;
    };
    [[nodiscard]] Result<Located> locate(const plan::Target &target);

    const Root &root_;
    Hypervisor &hypervisor_;
};

}  // namespace kvmtune::apply
