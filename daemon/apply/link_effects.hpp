// MTUs of the host's links. A tap's name and index are used again after its guest's end, so that what a name stands for
// is the boot and the index. A bridge that nobody fixed follows its lowest port by itself: it is never written.
#pragma once

#include "daemon/apply/effects.hpp"

namespace kvmtune::apply {

class LinkEffects : public Effects {
  public:
    /// The tree must outlive it.
    explicit LinkEffects(const Root &root) : root_(root) {}

    [[nodiscard]] Result<plan::Observation> look(const plan::Target &target) override;
    /// invalid: the device takes no such MTU.
    [[nodiscard]] Result<> put(const plan::Target &target, const plan::Value &value) override;

  private:
    const Root &root_;
};

}  // namespace kvmtune::apply
