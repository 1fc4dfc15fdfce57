// A world that says which target it is about to change, and leaves all else to the one behind it.
#pragma once

#include <functional>

#include "daemon/apply/world.hpp"

namespace kvmtune::pipeline {

class ToldWorld final : public apply::World {
  public:
    using Tell = std::function<void(const plan::Target &)>;

    /// The world must outlive it.
    ToldWorld(apply::World &world, Tell tell) : world_(world), tell_(std::move(tell)) {}

    [[nodiscard]] Result<plan::Observed> observe(const std::set<plan::Target> &targets) override {
        return world_.observe(targets);
    }
    [[nodiscard]] Result<plan::Holds> holds() override { return world_.holds(); }
    [[nodiscard]] bool together(const plan::Change &left, const plan::Change &right) const override {
        return world_.together(left, right);
    }
    [[nodiscard]] Result<> make(const std::vector<plan::Change> &effect) override {
        if (!effect.empty()) tell_(effect.front().target);
        return world_.make(effect);
    }
    [[nodiscard]] Result<> forget(const plan::Target &target) override { return world_.forget(target); }

  private:
    apply::World &world_;
    Tell tell_;
};

}  // namespace kvmtune::pipeline
