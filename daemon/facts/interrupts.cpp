#include "daemon/facts/interrupts.hpp"

#include <vector>

namespace kvmtune::facts {

namespace {

/// A vector that no driver has asked for is delivered nowhere.
CpuSet cpus_of_interrupt(const Root &root, const std::string &number) {
    const std::string folder = "proc/irq/" + number;
    auto list = root.read(folder + "/effective_affinity_list");
    if (!list) list = root.read(folder + "/smp_affinity_list");
    if (!list) return {};
    return CpuSet::parse(list->substr(0, list->find('\n'))).value_or(CpuSet{});
}

}  // namespace

CpuSet interrupt_cpus(const Root &root, const std::string &link) {
    CpuSet cpus;
    const auto numbers = root.list("sys/class/net/" + link + "/device/msi_irqs");
    for (const std::string &number : numbers.value_or(std::vector<std::string>{}))
        cpus = cpus | cpus_of_interrupt(root, number);
    return cpus;
}

}  // namespace kvmtune::facts
