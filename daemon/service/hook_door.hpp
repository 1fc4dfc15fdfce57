// Where libvirt's hook knocks. libvirt waits for the hook, so that nothing here may wait for libvirt: a call is only a
// reason to look soon; documents that come by migration or from a saved image are answered from this host's files. One
// thread, which sleeps until somebody knocks, and hears each for a second at most.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "base/root.hpp"
#include "daemon/hook/wire.hpp"

namespace kvmtune::service {

class HookDoor {
  public:
    /// Hears of each call, in the door's thread, after it was answered.
    using Heard = std::function<void(const hook::Call &)>;

    /// What its answers are made from beside this host's files.
    struct Answers {
        std::optional<std::string> policy;    ///< a file, instead of those in /etc/kvmtune
        std::optional<std::string> topology;  ///< instead of this machine's
    };

    /// Listens below the root, which must outlive it; root alone may knock.
    [[nodiscard]] static Result<std::unique_ptr<HookDoor>> open(const Root &root, Answers answers, Heard heard);
    HookDoor(const HookDoor &) = delete;
    HookDoor &operator=(const HookDoor &) = delete;
    ~HookDoor();

  private:
    HookDoor(const Root &root, Answers answers, Heard heard, Fd listener);
    void serve();
    void answer(const Fd &caller) const;
    [[nodiscard]] Result<hook::Answer> answer_to(const hook::Call &call) const;

    const Root &root_;
    Answers answers_;
    Heard heard_;
    Fd listener_;
    std::thread thread_;  ///< last: it uses all the others
};

}  // namespace kvmtune::service
