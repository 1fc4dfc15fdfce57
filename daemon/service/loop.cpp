#include "daemon/service/loop.hpp"

#include <sys/epoll.h>
#include <sys/inotify.h>
#include <systemd/sd-event.h>

#include <csignal>
#include <ctime>

namespace kvmtune::service {

namespace {

constexpr std::uint64_t usec_per_msec = 1000;

int call(void *source) noexcept {
    static_cast<const Source *>(source)->call();
    return 0;
}

int on_io(sd_event_source *, int, std::uint32_t, void *source) noexcept {
    return call(source);
}

int on_signal_received(sd_event_source *, const signalfd_siginfo *, void *source) noexcept {
    return call(source);
}

int on_inotify(sd_event_source *, const inotify_event *, void *source) noexcept {
    return call(source);
}

int on_time(sd_event_source *, std::uint64_t, void *source) noexcept {
    return call(source);
}

}  // namespace

SourcePtr Source::calling(Called called) {
    return SourcePtr(new Source(std::move(called)));
}

Source::~Source() {
    sd_event_source_disable_unref(source_);
}

Result<std::unique_ptr<Loop>> Loop::make() {
    sd_event *event = nullptr;
    if (const int error = sd_event_new(&event); error < 0) return system_failure("make an event loop", -error);
    return std::unique_ptr<Loop>(new Loop(event));
}

Loop::~Loop() {
    sd_event_unref(event_);
}

Result<SourcePtr> Loop::on_readable(int fd, Source::Called called) {
    auto source = Source::calling(std::move(called));
    const int error = sd_event_add_io(event_, &source->source_, fd, EPOLLIN, on_io, source.get());
    if (error < 0) return system_failure("wait for a descriptor", -error);
    return source;
}

Result<SourcePtr> Loop::on_signal(int signal, Source::Called called) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal);
    if (const int error = pthread_sigmask(SIG_BLOCK, &set, nullptr); error != 0)
        return system_failure("block a signal", error);
    auto source = Source::calling(std::move(called));
    const int error = sd_event_add_signal(event_, &source->source_, signal, on_signal_received, source.get());
    if (error < 0) return system_failure("wait for a signal", -error);
    return source;
}

Result<SourcePtr> Loop::on_change_in(const std::string &folder, Source::Called called) {
    constexpr std::uint32_t changes = IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR;
    auto source = Source::calling(std::move(called));
    const int error = sd_event_add_inotify(event_, &source->source_, folder.c_str(), changes, on_inotify, source.get());
    if (error < 0) return system_failure("watch " + folder, -error);
    return source;
}

Result<SourcePtr> Loop::after(std::chrono::milliseconds delay, Source::Called called) {
    auto source = Source::calling(std::move(called));
    const auto usec = static_cast<std::uint64_t>(delay.count()) * usec_per_msec;
    const int error = sd_event_add_time_relative(event_, &source->source_, CLOCK_MONOTONIC, usec, usec / 4 + 1, on_time,
                                                 source.get());
    if (error < 0) return system_failure("wait for a time", -error);
    return source;
}

void Loop::feed_watchdog() {
    // An error means that nobody asks.
    sd_event_set_watchdog(event_, 1);
}

Result<> Loop::turn(std::chrono::milliseconds at_most) {
    const int result = sd_event_run(event_, static_cast<std::uint64_t>(at_most.count()) * usec_per_msec);
    if (result < 0) return system_failure("turn the event loop", -result);
    return {};
}

Result<int> Loop::run() {
    const int status = sd_event_loop(event_);
    if (status < 0) return system_failure("turn the event loop", -status);
    return status;
}

void Loop::end(int status) {
    sd_event_exit(event_, status);
}

}  // namespace kvmtune::service
