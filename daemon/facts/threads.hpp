// The threads of a running QEMU, found in /proc alone.
//
// vhost workers come in three kinds by kernel: kernel threads named vhost-<QEMU's pid> outside of QEMU's cgroup (before
// about 5.16) or in its emulator cgroup (to 6.3), children of kthreadd and not among QEMU's tasks; from 6.4 on threads
// of QEMU with the same name. All workers of a domain are named alike; they are made queue by queue, NIC by NIC, so
// the order of their creation tells them apart.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/cpu_set.hpp"
#include "base/result.hpp"
#include "base/root.hpp"

namespace kvmtune::facts {

struct Thread {
    pid_t tid = 0;
    std::uint64_t start_time = 0;  ///< clock ticks since boot, field 22 of /proc/TID/stat
    CpuSet cpus;                   ///< its affinity
    CpuSet memory_nodes;           ///< where its memory may come from; empty where the kernel does not tell

    /// "TID@STARTTIME": what the thread's number stands for, as numbers are used again.
    [[nodiscard]] std::string epoch() const;
    bool operator==(const Thread &) const = default;
};

struct QemuThreads {
    Thread main;                           ///< its tid is QEMU's pid
    std::map<unsigned, Thread> vcpus;      ///< by number; empty where QEMU does not name its threads
    std::map<unsigned, Thread> iothreads;  ///< by libvirt's id; empty where QEMU does not name its threads
    std::vector<Thread> vhost;             ///< in the order of creation; those of vhost-scsi and vhost-vsock among them

    bool operator==(const QemuThreads &) const = default;
};

/// The pid of a running domain's QEMU from libvirt's pid file; not_found if it is off or the file is stale.
[[nodiscard]] Result<pid_t> qemu_pid(const Root &root, const std::string &domain);

/// Bytes of a process's memory by NUMA node, as it is mapped now (numa_maps), for which the kernel walks through all of
/// it. not_found if there is no such process, or the kernel knows no nodes.
[[nodiscard]] Result<std::map<unsigned, std::uint64_t>> memory_by_node(const Root &root, pid_t pid);

/// A task's number, its folder in /proc and its name.
struct Task {
    pid_t tid = 0;
    std::string folder;
    std::string comm;
};

/// The processes that are called as vhost workers are. A host has thousands of processes: they are gone through once,
/// when the first QEMU has no such thread of its own.
class VhostProcesses {
  public:
    /// The tree must outlive it.
    explicit VhostProcesses(const Root &root) : root_(root) {}

    /// Those that are called as the workers of this QEMU.
    [[nodiscard]] Result<std::vector<Task>> of(pid_t pid);

  private:
    const Root &root_;
    std::optional<std::vector<Task>> all_;
};

/// The threads of the QEMU with this pid; not_found if there is no such process. A thread that ends meanwhile is left
/// out.
[[nodiscard]] Result<QemuThreads> threads_of(const Root &root, pid_t pid);
/// The same of one of several, with processes that belong to all of them.
[[nodiscard]] Result<QemuThreads> threads_of(const Root &root, pid_t pid, VhostProcesses &processes);

}  // namespace kvmtune::facts
