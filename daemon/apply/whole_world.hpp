// All worlds as one: each kind of target goes to its own.
#pragma once

#include "daemon/apply/definition_world.hpp"
#include "daemon/apply/guest_effects.hpp"
#include "daemon/apply/journaled_world.hpp"
#include "daemon/apply/link_effects.hpp"
#include "daemon/apply/network_effects.hpp"
#include "daemon/apply/thread_effects.hpp"

namespace kvmtune::apply {

class WholeWorld : public World {
  public:
    /// All must outlive it.
    WholeWorld(const Root &root, Journal &journal, Hypervisor &hypervisor, LoadModule load_module, Step step = {},
               domain::Fragments fragments = domain::Fragments::built_in());

    [[nodiscard]] Result<plan::Observed> observe(const std::set<plan::Target> &targets) override;
    [[nodiscard]] Result<plan::Holds> holds() override;
    [[nodiscard]] bool together(const plan::Change &left, const plan::Change &right) const override;
    [[nodiscard]] Result<> make(const std::vector<plan::Change> &effect) override;
    [[nodiscard]] Result<> forget(const plan::Target &target) override;

    /// What the next effect on a domain's definition is planned on.
    void expect(const std::string &uuid, const std::string &definition) { definitions_.expect(uuid, definition); }
    /// Removes what is left of holds that are over; without the definitions while nobody can be asked for them.
    [[nodiscard]] Result<> tidy(bool offline = false);
    [[nodiscard]] GuestEffects &guests() { return guest_effects_; }

  private:
    [[nodiscard]] World &home_of(const plan::Target &target);

    Journal &journal_;
    HostEffects host_effects_;
    ThreadEffects thread_effects_;
    GuestEffects guest_effects_;
    LinkEffects link_effects_;
    NetworkEffects network_effects_;
    JournaledWorld host_;
    JournaledWorld threads_;
    JournaledWorld guests_;
    JournaledWorld links_;
    JournaledWorld networks_;
    DefinitionWorld definitions_;
};

}  // namespace kvmtune::apply
