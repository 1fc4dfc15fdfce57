// How long a guest is asked to shut down, and how often: the decisions of it, without libvirt and without a clock.
#pragma once

#include <chrono>

#include "base/result.hpp"
#include "daemon/apply/hypervisor.hpp"

namespace kvmtune::libvirt {

inline constexpr std::chrono::milliseconds look_again{200};  ///< between two looks at the guest
inline constexpr std::chrono::seconds ask_again{5};          ///< a guest may miss the first: not booted far enough

/// A running guest and the time that passes for it.
class Guest {
  public:
    Guest() = default;
    Guest(const Guest &) = delete;
    Guest &operator=(const Guest &) = delete;
    virtual ~Guest() = default;

    [[nodiscard]] virtual Result<bool> running() = 0;
    [[nodiscard]] virtual Result<> ask() = 0;      ///< press its power button, or tell its agent
    [[nodiscard]] virtual Result<> destroy() = 0;  ///< pull the plug
    [[nodiscard]] virtual std::chrono::milliseconds elapsed() = 0;
    virtual void pause(std::chrono::milliseconds time) = 0;
};

/// Asks until it is off or the limit is over; then destroys it or says what was tried (timed_out). A question that is
/// refused for want of permission ends it at once, any other refusal may be a matter of time (an agent that sleeps).
[[nodiscard]] Result<> shut_down(Guest &guest, std::chrono::seconds limit, apply::Insist insist);

}  // namespace kvmtune::libvirt
