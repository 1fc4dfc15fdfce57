#include "daemon/apply/worker_effects.hpp"

#include <sched.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "base/number.hpp"

namespace kvmtune::apply {

using plan::Observation;
using plan::Target;
using plan::Value;

namespace {

Result<> set_affinity(pid_t tid, const CpuSet &cpus) {
    const auto count = cpus.empty() ? 1 : cpus.last() + 1;
    struct Free {
        void operator()(cpu_set_t *set) const { CPU_FREE(set); }
    };
    const std::unique_ptr<cpu_set_t, Free> mask(CPU_ALLOC(count));
    const auto size = CPU_ALLOC_SIZE(count);
    CPU_ZERO_S(size, mask.get());
    for (const auto cpu : cpus) CPU_SET_S(cpu, size, mask.get());
    if (::sched_setaffinity(tid, size, mask.get()) != 0)
        return system_failure("place thread " + std::to_string(tid) + " on CPUs " + cpus.text(), errno);
    return {};
}

/// The queue that a target "vhost/MAC/QUEUE" names.
Result<plan::NicQueue> queue_of(const Target &target) {
    constexpr std::size_t before = 6;
    const auto slash = target.name.rfind('/');
    const auto number = whole_number<unsigned>(target.name.substr(slash == std::string::npos ? 0 : slash + 1));
    if (!target.name.starts_with("vhost/") || slash < before || !number)
        return failure(ErrorKind::invalid, text_of(target) + ": no such thread");
    return plan::NicQueue{target.name.substr(before, slash - before), *number};
}

Result<facts::Thread> worker(const facts::QemuThreads &threads, const plan::DomainFacts &live, const Target &target) {
    const auto queue = TRY(queue_of(target));
    const auto queues = workers_of(live);
    const auto at = std::find(queues.begin(), queues.end(), queue);
    if (at == queues.end() || threads.vhost.empty())
        return failure(ErrorKind::not_found, text_of(target) + ": it has no vhost worker now");
    if (threads.vhost.size() != queues.size())
        return failure(ErrorKind::not_found, text_of(target) + ": " + std::to_string(threads.vhost.size()) +
                                                 " vhost workers for " + std::to_string(queues.size()) +
                                                 " queues: which is which is not known");
    return threads.vhost[static_cast<std::size_t>(at - queues.begin())];
}

}  // namespace

std::vector<plan::NicQueue> workers_of(const plan::DomainFacts &live) {
    static constexpr std::array<const char *, 4> taps = {"network", "bridge", "direct", "ethernet"};
    std::vector<plan::NicQueue> workers;
    if (live.type != "kvm") return workers;  // libvirt opens vhost-net for KVM only
    for (const auto &nic : live.nics) {
        const bool tap = std::find(taps.begin(), taps.end(), nic.type) != taps.end();
        if (!tap || nic.model != "virtio" || nic.driver == "qemu") continue;
        for (unsigned queue = 0; queue < nic.queues.value_or(1); ++queue) workers.emplace_back(nic.mac, queue);
    }
    return workers;
}

Result<Observation> worker_seen(const facts::QemuThreads &threads, const plan::DomainFacts &live,
                                const Target &target) {
    const auto thread = TRY(worker(threads, live, target));
    const bool follows = thread.cpus == threads.main.cpus;
    return Observation{follows ? std::nullopt : Value(thread.cpus.text()), thread.epoch()};
}

Result<facts::QemuThreads> WorkerEffects::threads() const {
    return facts::threads_of(root_, TRY(facts::qemu_pid(root_, live_.name)));
}

Result<Observation> WorkerEffects::look(const Target &target) {
    return worker_seen(TRY(threads()), live_, target);
}

Result<> WorkerEffects::put(const Target &target, const Value &value) {
    const auto all = TRY(threads());
    const auto thread = TRY(worker(all, live_, target));
    if (!value) return set_affinity(thread.tid, all.main.cpus);
    const auto cpus = TRY(CpuSet::parse(*value));
    return set_affinity(thread.tid, cpus);
}

}  // namespace kvmtune::apply
