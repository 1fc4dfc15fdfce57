// The <mtu> of libvirt networks' persistent definitions. A network that runs is left running: what is defined is in
// force from its next start. A definition survives boots and stands for its network, by UUID.
#pragma once

#include "daemon/apply/effects.hpp"
#include "daemon/apply/hypervisor.hpp"

namespace kvmtune::apply {

class NetworkEffects : public Effects {
  public:
    /// The hypervisor must outlive it.
    explicit NetworkEffects(Hypervisor &hypervisor) : hypervisor_(hypervisor) {}

    /// not_found: no such network, or one without a definition.
    [[nodiscard]] Result<plan::Observation> look(const plan::Target &target) override;
    [[nodiscard]] Result<> put(const plan::Target &target, const plan::Value &value) override;

  private:
    [[nodiscard]] Result<NetworkRecord> record_of(const plan::Target &target) const;

    Hypervisor &hypervisor_;
};

}  // namespace kvmtune::apply
