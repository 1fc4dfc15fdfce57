#include "daemon/facts/threads.hpp"

#include <algorithm>
#include <optional>
#include <sstream>
#include <string_view>
#include <tuple>

#include "base/number.hpp"

namespace kvmtune::facts {

namespace {

constexpr pid_t kthreadd = 2;
constexpr std::size_t longest_comm = 15;

std::string_view line(std::string_view text) {
    return text.substr(0, text.find('\n'));
}

/// Field n (from 1, as in proc(5)) of a stat file; those after the name, which may itself hold blanks and parentheses.
std::string_view stat_field(std::string_view stat, unsigned n) {
    constexpr unsigned first_after_name = 3;
    const std::size_t end_of_name = stat.rfind(')');
    if (end_of_name == std::string_view::npos) return {};
    stat = line(stat.substr(end_of_name + 1));
    for (unsigned field = first_after_name;; ++field) {
        stat.remove_prefix(std::min(stat.find_first_not_of(' '), stat.size()));
        if (field == n || stat.empty()) return stat.substr(0, stat.find(' '));
        stat.remove_prefix(std::min(stat.find(' '), stat.size()));
    }
}

/// The value of a line "NAME:\tVALUE" of a status file.
std::string_view status_value(std::string_view status, std::string_view name) {
    const std::string start = "\n" + std::string(name) + ":";
    const std::size_t at = status.find(start);
    if (at == std::string_view::npos) return {};
    std::string_view value = line(status.substr(at + start.size()));
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    return value;
}

/// A thread by its folder in /proc.
Result<Thread> thread_at(const Root &root, const std::string &folder, pid_t tid) {
    const auto stat = TRY(root.read(folder + "/stat"));
    const auto status = TRY(root.read(folder + "/status"));
    const auto start_time = whole_number<std::uint64_t>(stat_field(stat, 22));
    auto cpus = CpuSet::parse(status_value(status, "Cpus_allowed_list"));
    if (!start_time) return failure(ErrorKind::invalid, root.full(folder) + "/stat: it has no start time");
    if (!cpus || cpus->empty()) return failure(ErrorKind::invalid, root.full(folder) + "/status: it has no CPU list");
    auto nodes = CpuSet::parse(status_value(status, "Mems_allowed_list"));
    return Thread{tid, *start_time, *std::move(cpus), nodes ? *std::move(nodes) : CpuSet{}};
}

/// A thread's name; nothing if it has ended.
Result<std::optional<std::string>> comm_of(const Root &root, const std::string &folder) {
    const auto comm = root.read(folder + "/comm");
    if (comm) return std::string(line(*comm));
    if (comm.error().kind == ErrorKind::not_found) return std::nullopt;
    return tl::unexpected(comm.error());
}

/// The vCPU that a thread is by its name: "CPU 3/KVM".
std::optional<unsigned> vcpu_of(std::string_view comm) {
    constexpr std::string_view before = "CPU ";
    const bool named = comm.starts_with(before) && (comm.ends_with("/KVM") || comm.ends_with("/TCG"));
    if (!named) return {};
    return whole_number<unsigned>(comm.substr(before.size(), comm.size() - before.size() - 4));
}

/// The iothread that a thread is by its name: "IO iothread1". QEMU has others of its own ("IO mon_iothread").
std::optional<unsigned> iothread_of(std::string_view comm) {
    constexpr std::string_view before = "IO iothread";
    if (!comm.starts_with(before)) return {};
    return whole_number<unsigned>(comm.substr(before.size()));
}

/// Adds a line of numa_maps: "7f00 default anon=3 dirty=3 N0=1 N1=2 kernelpagesize_kB=4".
void add_mapping(std::map<unsigned, std::uint64_t> &bytes, const std::string &mapping) {
    std::map<unsigned, std::uint64_t> pages;
    std::uint64_t page_kib = 4;
    std::istringstream words(mapping);
    for (std::string word; words >> word;) {
        const auto equals = word.find('=');
        const auto number =
            equals == std::string::npos ? std::nullopt : whole_number<std::uint64_t>(word.substr(equals + 1));
        if (!number) continue;
        const auto node = word.front() == 'N' ? whole_number<unsigned>(word.substr(1, equals - 1)) : std::nullopt;
        if (node) pages[*node] += *number;
        if (word.starts_with("kernelpagesize_kB=")) page_kib = *number;
    }
    for (const auto &[node, count] : pages) bytes[node] += count * page_kib << 10;
}

/// Names are cut by the kernel where they are threads of a program; those of kernel threads need not be.
bool is_worker_of(std::string_view comm, pid_t pid) {
    const std::string name = "vhost-" + std::to_string(pid);
    return comm == name || comm == name.substr(0, longest_comm);
}

/// The tasks or processes in a folder of /proc, without those that end meanwhile.
Result<std::vector<Task>> tasks_in(const Root &root, const std::string &folder) {
    const auto names = TRY(root.list(folder));
    std::vector<Task> all;
    for (const std::string &name : names) {
        const auto tid = whole_number<pid_t>(name);
        if (!tid) continue;
        const std::string path = folder + "/" + name;
        auto comm = TRY(comm_of(root, path));
        if (comm) all.push_back({*tid, path, *std::move(comm)});
    }
    return all;
}

/// The threads of these tasks, oldest first, without those that end meanwhile.
Result<std::vector<Thread>> threads_at(const Root &root, const std::vector<Task> &tasks) {
    std::vector<Thread> threads;
    for (const Task &task : tasks) {
        auto thread = thread_at(root, task.folder, task.tid);
        if (thread) {
            threads.push_back(*std::move(thread));
        } else if (thread.error().kind != ErrorKind::not_found) {
            return tl::unexpected(std::move(thread).error());
        }
    }
    std::sort(threads.begin(), threads.end(), [](const Thread &left, const Thread &right) {
        return std::tie(left.start_time, left.tid) < std::tie(right.start_time, right.tid);
    });
    return threads;
}

/// The tasks that are workers of this QEMU by their name.
std::vector<Task> workers_in(const std::vector<Task> &tasks, pid_t pid) {
    std::vector<Task> workers;
    std::copy_if(tasks.begin(), tasks.end(), std::back_inserter(workers),
                 [&](const Task &task) { return task.tid != pid && is_worker_of(task.comm, pid); });
    return workers;
}

/// Whether a process is a child of kthreadd: no program can make itself look like that.
bool is_kernel_thread(const Root &root, const Task &task) {
    const auto stat = root.read(task.folder + "/stat");
    return stat && whole_number<pid_t>(stat_field(*stat, 4)) == kthreadd;
}

Result<std::vector<Thread>> workers_of(const Root &root, pid_t pid, const std::vector<Task> &tasks,
                                       VhostProcesses &processes) {
    const auto own = workers_in(tasks, pid);
    if (!own.empty()) return threads_at(root, own);
    auto workers = TRY(processes.of(pid));
    std::erase_if(workers, [&](const Task &task) { return !is_kernel_thread(root, task); });
    return threads_at(root, workers);
}

bool looks_like_qemu(std::string_view comm) {
    return comm.find("qemu") != std::string_view::npos || comm == "kvm";
}

}  // namespace

std::string Thread::epoch() const {
    return std::to_string(tid) + "@" + std::to_string(start_time);
}

Result<pid_t> qemu_pid(const Root &root, const std::string &domain) {
    if (domain.empty() || domain.find('/') != std::string::npos)
        return failure(ErrorKind::invalid, "\"" + domain + "\" is not a domain's name");
    const std::string file = "run/libvirt/qemu/" + domain + ".pid";
    const auto text = root.read(file);
    if (!text) return within("find QEMU of " + domain, text.error());
    const auto pid = whole_number<pid_t>(line(*text));
    if (!pid || *pid <= 0) return failure(ErrorKind::invalid, root.full(file) + ": it holds no pid");
    const auto comm = TRY(comm_of(root, "proc/" + std::to_string(*pid)));
    if (!comm || !looks_like_qemu(*comm))
        return failure(ErrorKind::not_found, root.full(file) + ": process " + std::to_string(*pid) + " is no QEMU");
    return *pid;
}

Result<std::map<unsigned, std::uint64_t>> memory_by_node(const Root &root, pid_t pid) {
    std::istringstream lines(TRY(root.read("proc/" + std::to_string(pid) + "/numa_maps")));
    std::map<unsigned, std::uint64_t> bytes;
    for (std::string line; std::getline(lines, line);) add_mapping(bytes, line);
    return bytes;
}

Result<std::vector<Task>> VhostProcesses::of(pid_t pid) {
    if (!all_) {
        all_ = TRY(tasks_in(root_, "proc"));
        std::erase_if(*all_, [](const Task &task) { return !task.comm.starts_with("vhost-"); });
    }
    return workers_in(*all_, pid);
}

Result<QemuThreads> threads_of(const Root &root, pid_t pid) {
    VhostProcesses processes(root);
    return threads_of(root, pid, processes);
}

Result<QemuThreads> threads_of(const Root &root, pid_t pid, VhostProcesses &processes) {
    const std::string folder = "proc/" + std::to_string(pid);
    QemuThreads threads;
    threads.main = TRY(thread_at(root, folder, pid));
    const auto tasks = TRY(tasks_in(root, folder + "/task"));
    for (const Task &task : tasks) {
        const auto vcpu = vcpu_of(task.comm);
        const auto iothread = iothread_of(task.comm);
        if (!vcpu && !iothread) continue;
        const auto thread = TRY(threads_at(root, {task}));
        if (thread.empty()) continue;
        if (vcpu) threads.vcpus.emplace(*vcpu, thread.front());
        if (iothread) threads.iothreads.emplace(*iothread, thread.front());
    }
    threads.vhost = TRY(workers_of(root, pid, tasks, processes));
    return threads;
}

}  // namespace kvmtune::facts
