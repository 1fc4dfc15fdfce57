// CPUs of the host that go offline or come back: udev tells of them.
#pragma once

#include <functional>
#include <memory>

#include "daemon/service/loop.hpp"

struct sd_device_monitor;

namespace kvmtune::service {

class CpuWatch {
  public:
    using Changed = std::function<void()>;

    /// Calls in the loop, which must outlive it, whenever a CPU goes offline or online, is added or removed. Where no
    /// udev runs it stays silent.
    [[nodiscard]] static Result<std::unique_ptr<CpuWatch>> on(const Loop &loop, Changed changed);
    CpuWatch(const CpuWatch &) = delete;
    CpuWatch &operator=(const CpuWatch &) = delete;
    ~CpuWatch();

    void call() const { changed_(); }

  private:
    explicit CpuWatch(Changed changed) : changed_(std::move(changed)) {}
    int start(const Loop &loop);

    Changed changed_;
    sd_device_monitor *monitor_ = nullptr;
};

}  // namespace kvmtune::service
