// The one thread that talks to libvirt, since its calls block. It waits for what happens there, does one job at a time,
// and connects again when the connection is lost, after 1, 2, 4, ... 30 seconds.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "daemon/apply/watch.hpp"

namespace kvmtune::service {

/// Opens a watch; libvirt's in the daemon, a fake one in tests.
using OpenWatch = std::function<Result<std::unique_ptr<apply::Watch>>()>;

class Worker {
  public:
    /// All of it is called in the worker's thread.
    struct Ears {
        std::function<void()> connected;
        std::function<void(const Error &)> disconnected;  ///< or could not be connected
        std::function<void(std::vector<apply::Happening>)> happened;
    };
    /// Gets the hypervisor, or why there is none now.
    using Job = std::function<void(Result<apply::Hypervisor *>)>;

    Worker(OpenWatch open, Ears ears);
    Worker(const Worker &) = delete;
    Worker &operator=(const Worker &) = delete;
    /// Ends the job that is being done, and drops the others.
    ~Worker();

    /// Does a job after those that were posted before. From any thread.
    void post(Job job);

  private:
    void work();
    void connect();
    void do_jobs();
    void turn();
    void lose(const Error &why);
    [[nodiscard]] bool stopping();

    OpenWatch open_;
    Ears ears_;
    std::mutex mutex_;  ///< of all below
    std::condition_variable news_;
    std::vector<Job> jobs_;
    std::unique_ptr<apply::Watch> watch_;  ///< null while there is no connection
    bool stopping_ = false;
    Error why_not_{ErrorKind::busy, "libvirt is not connected yet"};
    unsigned failures_ = 0;  ///< in a row; of the worker's thread only
    std::thread thread_;     ///< last: it uses all the others
};

}  // namespace kvmtune::service
