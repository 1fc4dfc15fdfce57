// From other threads into the loop's: closures that it calls in the order in which they were posted.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "base/file.hpp"
#include "daemon/service/loop.hpp"

namespace kvmtune::service {

class Mailbox {
  public:
    /// The loop must outlive it.
    [[nodiscard]] static Result<std::unique_ptr<Mailbox>> on(Loop &loop);

    /// From any thread.
    void post(std::function<void()> letter);

  private:
    explicit Mailbox(Fd bell) : bell_(std::move(bell)) {}
    void open_letters();

    Fd bell_;
    std::mutex mutex_;
    std::vector<std::function<void()>> letters_;
    SourcePtr source_;
};

}  // namespace kvmtune::service
