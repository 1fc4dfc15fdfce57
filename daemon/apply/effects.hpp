// Effects that know nothing of holds: they look at a target and write it. Each kind of target has one home.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "base/result.hpp"
#include "base/root.hpp"
#include "daemon/plan/target.hpp"

namespace kvmtune::apply {

/// What a look at each of these targets finds; those that are not there are left out.
using Look = std::function<Result<plan::Observation>(const plan::Target &)>;
[[nodiscard]] Result<plan::Observed> seen_of(const std::set<plan::Target> &targets, const Look &look);

class Effects {
  public:
    Effects() = default;
    Effects(const Effects &) = delete;
    Effects &operator=(const Effects &) = delete;
    virtual ~Effects() = default;

    /// The target's value now; not_found if the target itself cannot be there (no such sysctl, domain or thread).
    [[nodiscard]] virtual Result<plan::Observation> look(const plan::Target &target) = 0;
    /// The same of many, without those that cannot be there.
    [[nodiscard]] virtual Result<plan::Observed> look_at(const std::set<plan::Target> &targets) {
        return seen_of(targets, [this](const plan::Target &target) { return look(target); });
    }
    /// Gives the target this value, or removes it. changed: it is somebody else's, and was not touched.
    [[nodiscard]] virtual Result<> put(const plan::Target &target, const plan::Value &value) = 0;
    /// Gives the target its original value again.
    [[nodiscard]] virtual Result<> give_back(const plan::Target &target, const plan::Value &original) {
        return put(target, original);
    }
};

/// Loads a kernel module by its name.
using LoadModule = std::function<Result<>(const std::string &)>;

/// modprobe(8): the only way that reads modprobe.d and its dependencies as the administrator means them.
[[nodiscard]] Result<> modprobe(const std::string &name);
/// The same by way of systemd's modprobe@.service, for a service that may not load modules itself.
[[nodiscard]] Result<> start_modprobe_unit(const std::string &name);

/// Modules, sysctls, files and pools of huge pages below a root.
class HostEffects : public Effects {
  public:
    /// The tree must outlive it.
    HostEffects(const Root &root, LoadModule load_module);

    [[nodiscard]] Result<plan::Observation> look(const plan::Target &target) override;
    [[nodiscard]] Result<> put(const plan::Target &target, const plan::Value &value) override;

  private:
    const Root &root_;
    LoadModule load_module_;
};

}  // namespace kvmtune::apply
