#include "daemon/plan/queues.hpp"

#include <algorithm>
#include <set>

#include "daemon/plan/left_alone.hpp"

namespace kvmtune::plan {

namespace {

constexpr unsigned most_by_default = 8;
constexpr unsigned largest_ring = 1024;  ///< QEMU's limit
const std::set<std::string> types_with_tap = {"network", "bridge", "direct", "ethernet"};

unsigned queues_after(const NicFacts &nic, const DomainFacts &domain, const DomainPolicy &policy) {
    const bool wished = policy.profile != Profile::none || policy.named.count("queues") != 0;
    if (!wished || keeps_queues(nic, policy)) return nic.queues.value_or(1);
    return queues_for(domain, policy);
}

}  // namespace

unsigned queues_for(const DomainFacts &domain, const DomainPolicy &policy) {
    if (policy.queues) return std::clamp(*policy.queues, 1u, most_queues);
    return std::clamp(domain.vcpus, 1u, most_by_default);
}

unsigned rx_queue_size_for(const DomainPolicy &policy) {
    return policy.rx_queue_size.value_or(largest_ring);
}

std::optional<std::string> reason_to_leave_alone(const NicFacts &nic, const DomainFacts &domain) {
    if (nic.mac.empty()) return "it names no MAC address";
    if (!is_alone(nic, domain.nics)) return "another one has the same MAC address";
    if (types_with_tap.count(nic.type) == 0) return "its type is " + nic.type + ", which has no tap device";
    if (!nic.is_virtio()) return "its model is " + (nic.model.empty() ? "not named" : nic.model) + ", not virtio";
    if (nic.driver == "qemu") return "the user wrote driver name='qemu'";
    return std::nullopt;
}

bool keeps_queues(const NicFacts &nic, const DomainPolicy &policy) {
    return nic.queues && policy.named.count("queues") == 0;
}

std::vector<NicQueue> vhost_queues(const DomainFacts &domain, const DomainPolicy &policy) {
    std::vector<NicQueue> queues;
    if (domain.type != "kvm" || reason_out_of_reach(domain)) return queues;
    for (const NicFacts &nic : domain.nics) {
        if (reason_to_leave_alone(nic, domain)) continue;
        const unsigned number = std::min(queues_after(nic, domain, policy), most_queues);
        for (unsigned queue = 0; queue < number; ++queue) queues.emplace_back(nic.mac, queue);
    }
    return queues;
}

}  // namespace kvmtune::plan
