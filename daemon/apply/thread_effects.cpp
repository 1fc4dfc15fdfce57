#include "daemon/apply/thread_effects.hpp"

#include <sched.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "base/number.hpp"
#include "daemon/domain/facts.hpp"

namespace kvmtune::apply {

using plan::Observation;
using plan::Target;
using plan::Value;

namespace {

bool is_vhost(const Target &target) {
    return target.name.starts_with("vhost/");
}

/// The number behind the last slash of a target's name.
Result<unsigned> number_of(const Target &target) {
    const auto slash = target.name.rfind('/');
    const auto number =
        slash == std::string::npos ? std::nullopt : whole_number<unsigned>(target.name.substr(slash + 1));
    if (!number) return failure(ErrorKind::invalid, text_of(target) + ": no such thread");
    return *number;
}

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

Result<facts::Thread> worker(const facts::QemuThreads &threads, const plan::DomainFacts &live, const Target &target) {
    const auto queue = TRY(number_of(target));
    const auto mac = target.name.substr(6, target.name.rfind('/') - 6);
    const auto queues = workers_of(live);
    const auto at = std::find(queues.begin(), queues.end(), plan::NicQueue{mac, queue});
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

ThreadEffects::ThreadEffects(const Root &root, Hypervisor &hypervisor) : root_(root), hypervisor_(hypervisor) {}

Result<ThreadEffects::Located> ThreadEffects::locate(const Target &target) {
    const auto record = TRY(hypervisor_.domain(target.owner));
    if (!record.running) return failure(ErrorKind::not_found, record.name + ": it does not run");
    const auto pid = TRY(facts::qemu_pid(root_, record.name));
    const auto threads = TRY(facts::threads_of(root_, pid));
    if (target.name == "emulator") return Located{threads.main, threads.main};
    if (is_vhost(target)) {
        const auto live = TRY(domain::Document::parse(record.live, record.name));
        const auto facts = TRY(domain::facts_of(live));
        auto thread = TRY(worker(threads, facts, target));
        return Located{std::move(thread), threads.main};
    }
    const auto vcpu = TRY(number_of(target));
    const auto at = threads.vcpus.find(vcpu);
    if (at == threads.vcpus.end()) return failure(ErrorKind::not_found, text_of(target) + ": no such thread");
    return Located{at->second, threads.main};
}

Result<Observation> ThreadEffects::look(const Target &target) {
    const auto located = TRY(locate(target));
    const bool follows = is_vhost(target) && located.thread.cpus == located.emulator.cpus;
    return Observation{follows ? std::nullopt : Value(located.thread.cpus.text()), located.thread.epoch()};
}

Result<> ThreadEffects::put(const Target &target, const Value &value) {
    if (is_vhost(target)) {
        const auto located = TRY(locate(target));
        if (!value) return set_affinity(located.thread.tid, located.emulator.cpus);
        const auto cpus = TRY(CpuSet::parse(*value));
        return set_affinity(located.thread.tid, cpus);
    }
    if (!value) return failure(ErrorKind::invalid, text_of(target) + ": it always runs somewhere");
    const auto cpus = TRY(CpuSet::parse(*value));
    if (target.name == "emulator") return hypervisor_.pin_emulator(target.owner, cpus);
    const auto vcpu = TRY(number_of(target));
    return hypervisor_.pin_vcpu(target.owner, vcpu, cpus);
}

}  // namespace kvmtune::apply
