// The hypervisor as its own files tell of it, for when it must not be asked: before libvirt starts, to connect to its
// socket would start it or wait for it. Definitions and the networks' autostart links are below /etc/libvirt/qemu, what
// runs is noted below /run/libvirt. It reads only; every verb that changes something is unsupported.
#pragma once

#include "base/root.hpp"
#include "daemon/apply/hypervisor.hpp"

namespace kvmtune::apply {

class StoredDefinitions final : public Hypervisor {
  public:
    /// Root must outlive it.
    explicit StoredDefinitions(const Root &root) : root_(root) {}

    /// The folder of the definitions.
    [[nodiscard]] std::string uri() const override;

    /// A file that is no definition is left out, as libvirt leaves it out. Saved images are not looked for.
    [[nodiscard]] Result<std::vector<DomainRecord>> domains() const override;
    [[nodiscard]] Result<DomainRecord> domain(const std::string &uuid) const override;
    [[nodiscard]] Result<std::string> find(const std::string &name_or_uuid) const override;
    [[nodiscard]] Result<std::vector<NetworkRecord>> networks() const override;

    /// None that it knows of.
    [[nodiscard]] Result<std::vector<std::string>> memory_snapshots(const std::string &uuid) const override;
    [[nodiscard]] Result<bool> has_machine(const std::string &type, const std::string &arch,
                                           const std::string &machine) const override;

    [[nodiscard]] Result<std::string> define(const std::string &xml) override;
    [[nodiscard]] Result<std::string> define_network(const std::string &xml) override;
    [[nodiscard]] Result<> start(const std::string &uuid) override;
    [[nodiscard]] Result<> shut_down(const std::string &uuid, std::chrono::seconds limit, Insist insist) override;
    [[nodiscard]] Result<> pin_vcpu(const std::string &uuid, unsigned vcpu, const CpuSet &cpus) override;
    [[nodiscard]] Result<> pin_emulator(const std::string &uuid, const CpuSet &cpus) override;
    [[nodiscard]] Result<> pin_iothread(const std::string &uuid, unsigned iothread, const CpuSet &cpus) override;
    [[nodiscard]] Result<> move_memory(const std::string &uuid, const CpuSet &nodes) override;

  private:
    const Root &root_;
};

}  // namespace kvmtune::apply
