// CPUs of a running domain's threads, and the NUMA nodes of its memory. vCPUs, iothreads, the emulator and memory are
// moved by libvirt, which moves their cgroups with them; vhost workers without it.
#pragma once

#include "daemon/apply/hypervisor.hpp"
#include "daemon/apply/worker_effects.hpp"

namespace kvmtune::apply {

class ThreadEffects : public Effects {
  public:
    /// Both must outlive it.
    ThreadEffects(const Root &root, Hypervisor &hypervisor);

    [[nodiscard]] Result<plan::Observation> look(const plan::Target &target) override;
    /// Each domain is asked for once.
    [[nodiscard]] Result<plan::Observed> look_at(const std::set<plan::Target> &targets) override;
    [[nodiscard]] Result<> put(const plan::Target &target, const plan::Value &value) override;

  private:
    /// What runs of a domain.
    struct Run {
        plan::DomainFacts live;
        facts::QemuThreads threads;
    };
    [[nodiscard]] Result<plan::DomainFacts> live(const std::string &uuid) const;
    [[nodiscard]] Result<Run> run_of(const std::string &uuid, facts::VhostProcesses &processes) const;
    [[nodiscard]] Result<Run> run_of(const std::string &uuid) const;
    [[nodiscard]] Result<> move_memory(const plan::Target &target, const CpuSet &nodes);

    const Root &root_;
    Hypervisor &hypervisor_;
};

}  // namespace kvmtune::apply
