// The daemon's event loop: sd-event, with closures. What it calls must not block.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"

struct sd_event;
struct sd_event_source;

namespace kvmtune::service {

/// Something that the loop waits for, as long as this lives.
class Source {
  public:
    using Called = std::function<void()>;

    [[nodiscard]] static std::unique_ptr<Source> calling(Called called);
    Source(const Source &) = delete;
    Source &operator=(const Source &) = delete;
    ~Source();

    /// What it calls may end it.
    void call() const {
        const auto called = called_;
        called();
    }

  private:
    friend class Loop;
    explicit Source(Called called) : called_(std::move(called)) {}

    Called called_;
    sd_event_source *source_ = nullptr;
};

using SourcePtr = std::unique_ptr<Source>;

class Loop {
  public:
    [[nodiscard]] static Result<std::unique_ptr<Loop>> make();
    Loop(const Loop &) = delete;
    Loop &operator=(const Loop &) = delete;
    ~Loop();

    /// Calls whenever the descriptor, which must outlive the source, has something to read.
    [[nodiscard]] Result<SourcePtr> on_readable(int fd, Source::Called called);
    /// Calls on a signal, which is blocked in this thread and in those that it starts from then on.
    [[nodiscard]] Result<SourcePtr> on_signal(int signal, Source::Called called);
    /// Calls when something in a folder is written, made, moved or removed; not_found if there is no such folder.
    [[nodiscard]] Result<SourcePtr> on_change_in(const std::string &folder, Source::Called called);
    /// Calls once, this much later, or up to a quarter of that after it: wake-ups that can wait come together.
    [[nodiscard]] Result<SourcePtr> after(std::chrono::milliseconds delay, Source::Called called);

    /// Lets systemd know that the loop turns, where it asks for that (WatchdogSec=).
    void feed_watchdog();
    /// Turns once: waits for one thing to happen, this long at most, and calls.
    [[nodiscard]] Result<> turn(std::chrono::milliseconds at_most);
    /// Turns until somebody ends it, and gives the status that it was ended with.
    [[nodiscard]] Result<int> run();
    void end(int status);

    /// For sd-bus, which shares it.
    [[nodiscard]] sd_event *event() const { return event_; }

  private:
    explicit Loop(sd_event *event) : event_(event) {}

    sd_event *event_;
};

}  // namespace kvmtune::service
