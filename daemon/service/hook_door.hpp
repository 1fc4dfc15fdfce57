// Where libvirt's hook knocks. libvirt waits for the hook, so that nothing here may wait for libvirt: a call is only a
// reason to look soon; documents that come by migration or from a saved image are answered from this host's files. One
// thread, which sleeps until somebody knocks, and hears each for a second at most; what may take longer (huge pages,
// documents that are planned for this host) is answered in a thread of its own.
#pragma once

#include <atomic>
#include <functional>
#include <future>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "base/root.hpp"
#include "daemon/hook/wire.hpp"
#include "daemon/plan/policy.hpp"

namespace kvmtune::service {

class HookDoor {
  public:
    /// Hears of each call, in the door's thread, after it was answered.
    using Heard = std::function<void(const hook::Call &)>;

    /// Listens below the root, which must outlive it; root alone may knock. It answers by an empty policy until it is
    /// told of one, and with the topology of this machine if none is described.
    [[nodiscard]] static Result<std::unique_ptr<HookDoor>> open(const Root &root, std::optional<std::string> topology,
                                                                Heard heard);
    /// The policy to answer by from now on.
    void use(std::shared_ptr<const plan::Policy> policy) { policy_ = std::move(policy); }
    HookDoor(const HookDoor &) = delete;
    HookDoor &operator=(const HookDoor &) = delete;
    ~HookDoor();

  private:
    HookDoor(const Root &root, std::optional<std::string> topology, Heard heard, Fd listener);
    void serve();
    void hear(Fd caller);
    void answer(const Fd &caller, const hook::Call &call) const;
    void forget_answered();

    const Root &root_;
    std::optional<std::string> topology_;
    std::atomic<std::shared_ptr<const plan::Policy>> policy_{std::make_shared<const plan::Policy>()};
    Heard heard_;
    Fd listener_;
    std::atomic<bool> closed_ = false;
    std::list<std::future<void>> under_way_;  ///< answers that take longer; of the door's thread
    std::thread thread_;                      ///< last: it uses all the others
};

}  // namespace kvmtune::service
