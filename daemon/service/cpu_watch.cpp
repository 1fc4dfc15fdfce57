#include "daemon/service/cpu_watch.hpp"

#include <systemd/sd-device.h>

namespace kvmtune::service {

namespace {

int on_cpu(sd_device_monitor *, sd_device *, void *watch) noexcept {
    static_cast<const CpuWatch *>(watch)->call();
    return 0;
}

}  // namespace

Result<std::unique_ptr<CpuWatch>> CpuWatch::on(const Loop &loop, Changed changed) {
    std::unique_ptr<CpuWatch> watch(new CpuWatch(std::move(changed)));
    if (const int error = watch->start(loop); error < 0) return system_failure("watch the CPUs", -error);
    return watch;
}

int CpuWatch::start(const Loop &loop) {
    int error = sd_device_monitor_new(&monitor_);
    if (error >= 0) error = sd_device_monitor_filter_add_match_subsystem_devtype(monitor_, "cpu", nullptr);
    if (error >= 0) error = sd_device_monitor_attach_event(monitor_, loop.event());
    return error < 0 ? error : sd_device_monitor_start(monitor_, on_cpu, this);
}

CpuWatch::~CpuWatch() {
    sd_device_monitor_unref(monitor_);
}

}  // namespace kvmtune::service
