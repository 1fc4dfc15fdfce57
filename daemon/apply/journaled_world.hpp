// The world of targets whose holds are in the journal: write ahead, change, read back, record.
#pragma once

#include "daemon/apply/effects.hpp"
#include "daemon/apply/journal.hpp"
#include "daemon/apply/world.hpp"

namespace kvmtune::apply {

class JournaledWorld : public World {
  public:
    /// Both must outlive it. The step is called after each effect.
    JournaledWorld(Journal &journal, Effects &effects, Step step = {});

    [[nodiscard]] Result<plan::Observed> observe(const std::set<plan::Target> &targets) override {
        return effects_.look_at(targets);
    }
    [[nodiscard]] Result<plan::Holds> holds() override { return journal_.holds(); }
    [[nodiscard]] Result<> make(const std::vector<plan::Change> &effect) override;
    [[nodiscard]] Result<> forget(const plan::Target &target) override { return journal_.drop(target); }

  private:
    [[nodiscard]] Result<plan::Value> as_planned(const plan::Change &change);
    [[nodiscard]] Result<> give(const plan::Change &change, const plan::Value &now);
    [[nodiscard]] Result<> give_back(const plan::Change &change, const plan::Value &now);
    [[nodiscard]] Result<plan::Value> put(const plan::Change &change);

    Journal &journal_;
    Effects &effects_;
    Step step_;
};

}  // namespace kvmtune::apply
