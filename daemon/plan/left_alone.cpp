#include "daemon/plan/left_alone.hpp"

namespace kvmtune::plan {

std::optional<std::string> reason_out_of_reach(const DomainFacts &domain) {
    if (domain.type != "kvm" && domain.type != "qemu") return "its type is " + domain.type + ", not kvm";
    if (!domain.arch.empty() && domain.arch != "x86_64") return "its architecture is " + domain.arch + ", not x86_64";
    if (!domain.os_type.empty() && domain.os_type != "hvm") return "its kind is " + domain.os_type + ", not hvm";
    return std::nullopt;
}

std::optional<std::string> reason_to_keep_cpu_model(const DomainFacts &domain) {
    if (domain.type != "kvm") return "it runs without KVM";
    if (!domain.protection.empty()) return "its memory is protected by " + domain.protection;
    if (domain.own_cpu_argument) return "its qemu:commandline has arguments of its own for CPU or machine";
    return std::nullopt;
}

std::optional<std::string> reason_to_keep_topology(const DomainFacts &domain) {
    if (domain.individual_vcpus) return "it lists its vCPUs one by one, to be plugged in and out";
    if (domain.vcpus_at_start && *domain.vcpus_at_start != domain.vcpus)
        return "it starts with " + std::to_string(*domain.vcpus_at_start) + " of " + std::to_string(domain.vcpus) +
               " vCPUs";
    return std::nullopt;
}

std::optional<std::string> reason_to_keep_backing(const DomainFacts &domain) {
    if (!domain.protection.empty()) return "its memory is protected by " + domain.protection;
    if (domain.hotplug_memory) return "memory can be plugged in while it runs";
    if (domain.memory_at_start != 0 && domain.memory_at_start < domain.memory)
        return "its balloon holds memory back, which huge pages cannot be";
    if (domain.backing.allocation == "ondemand") return "its memory is allocated on demand";
    if (domain.backing.source == "anonymous") return "its memory is anonymous";
    return std::nullopt;
}

}  // namespace kvmtune::plan
