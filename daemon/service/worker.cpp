#include "daemon/service/worker.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace kvmtune::service {

namespace {

std::chrono::seconds pause_after(unsigned failures) {
    constexpr unsigned longest = 30;
    return std::chrono::seconds(std::min(1U << std::min(failures, 5U), longest));
}

}  // namespace

Worker::Worker(OpenWatch open, Ears ears)
    : open_(std::move(open)), ears_(std::move(ears)), thread_([this] { work(); }) {}

Worker::~Worker() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        jobs_.clear();
        if (watch_) watch_->wake();
    }
    news_.notify_one();
    thread_.join();
}

void Worker::post(Job job) {
    {
        const std::lock_guard lock(mutex_);
        jobs_.push_back(std::move(job));
        if (watch_) watch_->wake();
    }
    news_.notify_one();
}

bool Worker::stopping() {
    const std::lock_guard lock(mutex_);
    return stopping_;
}

void Worker::work() {
    while (!stopping()) {
        if (!watch_) connect();
        do_jobs();
        if (watch_) turn();
    }
}

/// Tries once, and waits for a while if it fails; jobs that come meanwhile are told so at once.
void Worker::connect() {
    auto opened = open_();
    if (opened) {
        const std::lock_guard lock(mutex_);
        watch_ = *std::move(opened);
        failures_ = 0;
    } else {
        lose(opened.error());
    }
    if (watch_) return ears_.connected();
    std::unique_lock lock(mutex_);
    news_.wait_for(lock, pause_after(failures_++), [this] { return stopping_ || !jobs_.empty(); });
}

void Worker::do_jobs() {
    std::vector<Job> jobs;
    {
        const std::lock_guard lock(mutex_);
        jobs = std::exchange(jobs_, {});
    }
    for (const auto &job : jobs) {
        if (stopping()) return;
        job(watch_ ? Result<apply::Hypervisor *>(&watch_->hypervisor()) : tl::unexpected(why_not_));
    }
}

void Worker::turn() {
    auto happenings = watch_->turn();
    if (!happenings) return lose(happenings.error());
    if (!happenings->empty()) ears_.happened(*std::move(happenings));
}

void Worker::lose(const Error &why) {
    std::unique_ptr<apply::Watch> lost;
    {
        const std::lock_guard lock(mutex_);
        lost = std::move(watch_);
        why_not_ = why;
    }
    ears_.disconnected(why);
}

}  // namespace kvmtune::service
