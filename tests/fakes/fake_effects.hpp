// Targets in memory: a little world whose kernel refuses, rounds and grants in part as a test asks. It keeps to the
// contract of apply::Effects as HostEffects does: a target that is not there is not found, no module is unloaded, no
// sysctl removed.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "daemon/apply/effects.hpp"

namespace kvmtune::fakes {

class FakeEffects final : public apply::Effects {
  public:
    using Values = std::map<plan::Target, plan::Value>;

    struct Put {
        plan::Target target;
        plan::Value value;

        bool operator==(const Put &) const = default;
    };

    // What the test sets up: the world.

    Values values;                               ///< a target that is not in it cannot be there
    std::map<plan::Target, std::string> epochs;  ///< empty for those that are not in it

    // What the test sets up: behaviour.

    std::map<plan::Target, Error> refusals;       ///< putting these fails and changes nothing
    std::map<plan::Target, Error> hidden;         ///< looking at these fails
    std::map<plan::Target, std::string> granted;  ///< what these get instead of what is asked, until they are removed
    /// What the kernel makes of a value; as it is by default.
    std::function<std::string(const plan::Target &target, const std::string &asked)> kernel;
    /// Called before each put; may change the world: somebody else writes.
    std::function<void(const plan::Target &target)> before_put;

    /// All puts that were not refused, in their order.
    [[nodiscard]] const std::vector<Put> &puts() const { return puts_; }
    /// Those of them that gave an original back.
    [[nodiscard]] const std::vector<Put> &given_back() const { return given_back_; }

    [[nodiscard]] Result<plan::Observation> look(const plan::Target &target) override;
    [[nodiscard]] Result<> put(const plan::Target &target, const plan::Value &value) override;
    [[nodiscard]] Result<> give_back(const plan::Target &target, const plan::Value &original) override;

  private:
    std::vector<Put> puts_;
    std::vector<Put> given_back_;
};

/// Each number in the text rounded up to a multiple of step, as a kernel does that counts in pages.
[[nodiscard]] std::string rounded_up(const std::string &text, unsigned step);

}  // namespace kvmtune::fakes
