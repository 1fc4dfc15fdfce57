// This very program in the place of QEMU, with threads that it names as QEMU and the kernel do: the real /proc.
#include <doctest/doctest.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <future>
#include <thread>

#include "daemon/facts/threads.hpp"

namespace live_threads_test {

using namespace kvmtune;
using namespace kvmtune::facts;

namespace {

/// A thread with a name of its own that waits until the end of the test.
class NamedThread {
  public:
    explicit NamedThread(const std::string &name) : thread_([this] { wait(); }) {
        ::pthread_setname_np(thread_.native_handle(), name.c_str());
        tid_ = told_.get_future().get();
    }
    NamedThread(const NamedThread &) = delete;
    NamedThread &operator=(const NamedThread &) = delete;
    ~NamedThread() {
        end_.set_value();
        thread_.join();
    }

    [[nodiscard]] pid_t tid() const { return tid_; }

    [[nodiscard]] bool confine(unsigned cpu) const {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET(cpu, &set);
        return ::sched_setaffinity(tid_, sizeof set, &set) == 0;
    }

  private:
    void wait() {
        told_.set_value(::gettid());
        end_.get_future().wait();
    }

    std::promise<pid_t> told_;
    std::promise<void> end_;
    std::thread thread_;
    pid_t tid_ = 0;
};

}  // namespace

TEST_CASE("threads of a real process, by name, with their affinities") {
    const pid_t self = ::getpid();
    const Root root = Root::open("/").value();
    const auto before = threads_of(root, self);
    REQUIRE(before);
    CHECK(before->main.tid == self);
    CHECK(before->vcpus.empty());
    CHECK(before->vhost.empty());

    const NamedThread first("vhost-" + std::to_string(self)), vcpu("CPU 3/KVM"),
        second("vhost-" + std::to_string(self));
    const unsigned cpu = before->main.cpus.last();
    REQUIRE(vcpu.confine(cpu));
    const auto now = threads_of(root, self);
    REQUIRE(now);
    CHECK(now->main == before->main);
    REQUIRE(now->vcpus.count(3) == 1);
    CHECK(now->vcpus.at(3).tid == vcpu.tid());
    CHECK(now->vcpus.at(3).cpus == CpuSet{cpu});
    CHECK(now->vcpus.at(3).start_time >= now->main.start_time);
    REQUIRE(now->vhost.size() == 2);
    CHECK(now->vhost[0].tid == first.tid());
    CHECK(now->vhost[1].tid == second.tid());
    CHECK(now->vhost[0].cpus == now->main.cpus);
}

}  // namespace live_threads_test
