#include "daemon/hook/neighbours.hpp"

#include "daemon/facts/threads.hpp"

namespace kvmtune::hook {

namespace {

Result<CpuSet> cpus_of(const Root &root, const std::string &domain, const plan::Topology &topology) {
    const auto pid = TRY(facts::qemu_pid(root, domain));
    const auto threads = TRY(facts::threads_of(root, pid));
    CpuSet cpus;
    for (const auto &[vcpu, thread] : threads.vcpus) cpus = cpus | plan::claim(thread.cpus, topology);
    for (const auto &worker : threads.vhost)
        if (worker.cpus != threads.main.cpus) cpus = cpus | plan::claim(worker.cpus, topology);
    return cpus;
}

}  // namespace

plan::Ledger taken_by_running(const Root &root, const plan::Topology &topology) {
    const std::string ending = ".pid";
    plan::Ledger ledger;
    const auto files = root.list("run/libvirt/qemu");
    if (!files) return ledger;
    for (const auto &file : *files) {
        if (!file.ends_with(ending)) continue;
        const auto domain = file.substr(0, file.size() - ending.size());
        const auto cpus = cpus_of(root, domain, topology);  // one that ends meanwhile holds nothing
        if (cpus && !cpus->empty()) ledger.taken[domain] = *cpus;
    }
    return ledger;
}

}  // namespace kvmtune::hook
