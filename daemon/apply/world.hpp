// The seam between deciding and doing. A world knows how to look, what it holds, and how to make one effect so that a
// crash at any point can be taken back: hold written, then the change, then what came of it.
#pragma once

#include <set>
#include <vector>

#include "base/result.hpp"
#include "daemon/plan/plan.hpp"

namespace kvmtune::apply {

class World {
  public:
    World() = default;
    World(const World &) = delete;
    World &operator=(const World &) = delete;
    virtual ~World() = default;

    /// What these targets hold now. One that cannot be seen (its domain is off, no agent) is not in the answer.
    [[nodiscard]] virtual Result<plan::Observed> observe(const std::set<plan::Target> &targets) = 0;
    /// All holds.
    [[nodiscard]] virtual Result<plan::Holds> holds() = 0;
    /// Whether two changes are made by one effect (elements of one domain are: one define).
    [[nodiscard]] virtual bool together(const plan::Change &, const plan::Change &) const { return false; }
    /// Makes one effect, with the holds on all its targets written first and dropped again for what is given back.
    /// changed: what is there now is not what the changes were planned on; nothing was touched.
    [[nodiscard]] virtual Result<> make(const std::vector<plan::Change> &effect) = 0;
    /// Forgets a hold that is void.
    [[nodiscard]] virtual Result<> forget(const plan::Target &target) = 0;
};

}  // namespace kvmtune::apply
