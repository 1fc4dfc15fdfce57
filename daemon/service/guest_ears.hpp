// Hears guests that speak unasked, between the runs that use their lines. One that speaks again and again is heard less
// and less often: no guest can keep the daemon busy.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>

#include "daemon/service/loop.hpp"

namespace kvmtune::service {

class GuestEars {
  public:
    using Clock = std::chrono::steady_clock;
    using Heard = std::function<void(const std::string &uuid)>;

    /// How long a guest is not listened to after it was heard, at first and at most. The loop must outlive it.
    GuestEars(Loop &loop, std::chrono::milliseconds first, std::chrono::milliseconds longest, Heard heard)
        : loop_(loop), first_(first), longest_(longest), heard_(std::move(heard)) {}

    /// Listens on these lines, descriptors by UUID, until they are covered. Each is heard once.
    void listen(std::map<std::string, int> lines);
    /// Somebody is about to use the lines, or to close them.
    void cover();

  private:
    struct Speaker {
        Clock::time_point again;  ///< not before this
        std::chrono::milliseconds pause;
    };

    void listen_on_those_due();
    void listen_on(const std::string &uuid, int descriptor);
    void heard(std::string uuid);

    Loop &loop_;
    std::chrono::milliseconds first_, longest_;
    Heard heard_;
    std::map<std::string, Speaker> speakers_;  ///< those that were heard not long ago
    std::map<std::string, int> waiting_;       ///< lines that are not listened to yet
    std::map<std::string, SourcePtr> sources_;
    SourcePtr timer_;  ///< until one of those that wait is listened to again
};

}  // namespace kvmtune::service
