#include "daemon/plan/queues.hpp"

#include <algorithm>
#include <set>

namespace kvmtune::plan {

namespace {

constexpr unsigned most_by_default = 8;
const std::set<std::string> types_with_tap = {"network", "bridge", "direct", "ethernet"};

std::size_t nics_with(const std::string &mac, const DomainFacts &domain) {
    return static_cast<std::size_t>(
        std::count_if(domain.nics.begin(), domain.nics.end(), [&](const NicFacts &nic) { return nic.mac == mac; }));
}

/// Why vhost can never serve this NIC, or none of ours can be addressed to it.
std::optional<std::string> reason_against_vhost(const NicFacts &nic, const DomainFacts &domain) {
    if (nic.mac.empty()) return "it names no MAC address";
    if (nics_with(nic.mac, domain) > 1) return "another one has the same MAC address";
    if (nic.model != "virtio") return "its model is " + (nic.model.empty() ? "not named" : nic.model) + ", not virtio";
    if (types_with_tap.count(nic.type) == 0) return "its type is " + nic.type + ", which has no tap device";
    if (nic.driver == "qemu") return "the user wrote driver name='qemu'";
    return std::nullopt;
}

unsigned queues_after(const NicFacts &nic, const DomainFacts &domain, const DomainPolicy &policy) {
    if (reason_to_leave_alone(nic, domain, policy)) return nic.queues.value_or(1);
    const bool wished = policy.profile != Profile::none || policy.named.count("queues") != 0;
    return wished ? queues_for(domain, policy) : nic.queues.value_or(1);
}

}  // namespace

unsigned queues_for(const DomainFacts &domain, const DomainPolicy &policy) {
    if (policy.queues) return std::clamp(*policy.queues, 1u, most_queues);
    return std::clamp(domain.vcpus, 1u, most_by_default);
}

std::optional<std::string> reason_to_leave_alone(const NicFacts &nic, const DomainFacts &domain,
                                                 const DomainPolicy &policy) {
    if (auto reason = reason_against_vhost(nic, domain)) return reason;
    if (nic.queues && policy.named.count("queues") == 0)
        return "the user wrote queues='" + std::to_string(*nic.queues) + "', and the policy section names no queues";
    return std::nullopt;
}

std::vector<NicQueue> vhost_queues(const DomainFacts &domain, const DomainPolicy &policy) {
    std::vector<NicQueue> queues;
    if (domain.type != "kvm") return queues;
    for (const NicFacts &nic : domain.nics) {
        if (reason_against_vhost(nic, domain)) continue;
        const unsigned number = std::min(queues_after(nic, domain, policy), most_queues);
        for (unsigned queue = 0; queue < number; ++queue) queues.emplace_back(nic.mac, queue);
    }
    return queues;
}

}  // namespace kvmtune::plan
