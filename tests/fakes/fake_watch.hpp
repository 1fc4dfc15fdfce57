// A watch over a hypervisor in memory: a test says what happens, and when the connection is lost.
#pragma once

#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "daemon/apply/watch.hpp"

namespace kvmtune::fakes {

/// What a test and a watch share; outlives the watches on it.
class Events {
  public:
    void happen(apply::Happening happening) {
        const std::lock_guard lock(mutex_);
        happenings_.push_back(std::move(happening));
        news_.notify_all();
    }
    void lose_connection() {
        const std::lock_guard lock(mutex_);
        lost_ = true;
        news_.notify_all();
    }
    void wake() {
        const std::lock_guard lock(mutex_);
        woken_ = true;
        news_.notify_all();
    }
    /// A turn of a watch.
    Result<std::vector<apply::Happening>> next() {
        std::unique_lock lock(mutex_);
        news_.wait(lock, [this] { return woken_ || lost_ || !happenings_.empty(); });
        woken_ = false;
        if (std::exchange(lost_, false)) return failure(ErrorKind::failed, "the connection is lost");
        return std::exchange(happenings_, {});
    }

  private:
    std::mutex mutex_;
    std::condition_variable news_;
    std::vector<apply::Happening> happenings_;
    bool woken_ = false;
    bool lost_ = false;
};

class FakeWatch final : public apply::Watch {
  public:
    FakeWatch(apply::Hypervisor &hypervisor, Events &events) : hypervisor_(hypervisor), events_(events) {}

    apply::Hypervisor &hypervisor() override { return hypervisor_; }
    Result<std::vector<apply::Happening>> turn() override { return events_.next(); }
    void wake() override { events_.wake(); }

  private:
    apply::Hypervisor &hypervisor_;
    Events &events_;
};

}  // namespace kvmtune::fakes
