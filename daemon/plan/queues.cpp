#include "daemon/plan/queues.hpp"

#include <algorithm>
#include <limits>

#include "daemon/plan/left_alone.hpp"
#include "daemon/plan/placement/placement.hpp"
#include "daemon/plan/rings.hpp"
#include "daemon/plan/sizes.hpp"

namespace kvmtune::plan {

namespace {

constexpr unsigned most_by_default = 8;
constexpr unsigned queues_of_a_cpu = 2;
constexpr unsigned no_limit = std::numeric_limits<unsigned>::max();
const std::set<std::string> types_with_tap = {"network", "bridge", "direct", "ethernet"};

bool wishes_for_queues(const DomainPolicy &policy) {
    return policy.profile != Profile::none || policy.named.count("queues") != 0;
}

std::optional<unsigned> vhost_cpus_for(const DomainFacts &domain, const DomainPolicy &policy, const QueueRoom &room) {
    if (domain.type != "kvm") return std::nullopt;
    return policy.vhost_cpus ? policy.vhost_cpus : room.vhost_cpus;
}

std::optional<unsigned> queues_that_fit(const DomainFacts &domain) {
    const std::uint64_t memory = memory_of(domain);
    if (memory == 0) return std::nullopt;
    const std::uint64_t fitting = memory_for_rings(memory) / ring_memory(smallest_ring, 1);
    return static_cast<unsigned>(std::min<std::uint64_t>(fitting, no_limit));
}

unsigned served_by(const std::optional<unsigned> &vhost_cpus) {
    return vhost_cpus ? std::min(*vhost_cpus, most_queues) * queues_of_a_cpu : no_limit;
}

/// Queues for all NICs together.
unsigned budget_of(const GuestQueues &queues) {
    return std::min({queues.vcpus, served_by(queues.vhost_cpus), queues.fit_in_memory.value_or(no_limit)});
}

/// Of the NICs that share what is left, the one at this place.
unsigned share_at(unsigned place, const GuestQueues &queues) {
    const unsigned budget = budget_of(queues);
    const unsigned left = budget - std::min(budget, queues.of_user);
    const unsigned share = left / queues.sharing + (place < left % queues.sharing ? 1 : 0);
    return std::clamp(share, 1u, most_by_default);
}

std::string counted(unsigned number, const std::string &what) {
    return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

}  // namespace

QueueRoom queue_room(const HostFacts &host, const HostPolicy &policy) {
    QueueRoom room;
    const CpuSet housekeeping = housekeeping_cpus(host.topology, policy.housekeeping);
    for (const Node &node : host.topology.nodes) {
        if (node.cpus.empty()) continue;
        const auto third = static_cast<unsigned>((node.cpus - housekeeping).size() / 3);
        room.vhost_cpus = std::max({room.vhost_cpus.value_or(1), third, 1u});
    }
    for (const NetworkFacts &network : host.networks)
        if (network.forward == "hostdev") room.networks_of_devices.insert(network.name);
    return room;
}

unsigned GuestQueues::all() const {
    unsigned all = 0;
    for (const auto &[mac, number] : number_of) all += number;
    return all;
}

GuestQueues guest_queues(const DomainFacts &domain, const DomainPolicy &policy, const QueueRoom &room) {
    GuestQueues queues{domain.vcpus, 0, 0, vhost_cpus_for(domain, policy, room), queues_that_fit(domain), {}};
    std::vector<std::string> sharing;
    for (const NicFacts &nic : domain.nics) {
        if (reason_to_leave_alone(nic, domain, room)) continue;
        if (!wishes_for_queues(policy) || keeps_queues(nic, policy)) {
            const unsigned number = std::min(nic.queues.value_or(1), most_queues);
            queues.number_of[nic.mac] = number;
            queues.of_user += number;
        } else {
            sharing.push_back(nic.mac);
        }
    }
    queues.sharing = static_cast<unsigned>(sharing.size());
    for (unsigned place = 0; place < queues.sharing; ++place)
        queues.number_of[sharing[place]] =
            policy.queues ? std::clamp(*policy.queues, 1u, most_queues) : share_at(place, queues);
    return queues;
}

std::string terms_of(const GuestQueues &queues, const DomainPolicy &policy) {
    std::string text = counted(queues.vcpus, "vCPU");
    if (queues.of_user != 0) text += " less " + counted(queues.of_user, "queue") + " of the user's";
    if (queues.sharing > 1 || queues.of_user != 0) text += " over " + counted(queues.sharing, "NIC");
    text += ", at most " + std::to_string(most_by_default) + (queues.sharing > 1 ? " each" : "");
    if (queues.vhost_cpus)
        text += std::string("; ") + (policy.vhost_cpus ? "the policy gives " : "a node of this host spares ") +
                counted(*queues.vhost_cpus, "CPU") + " for vhost, two queues each";
    const unsigned others = std::min(queues.vcpus, served_by(queues.vhost_cpus));
    if (queues.fit_in_memory && *queues.fit_in_memory < others)
        text += "; its memory has room for the rings of " + std::to_string(*queues.fit_in_memory);
    return text;
}

unsigned vectors_for(unsigned queues) {
    return 2 * queues + 2;
}

std::optional<std::string> reason_to_leave_alone(const NicFacts &nic, const DomainFacts &domain) {
    if (nic.mac.empty()) return "it names no MAC address";
    if (!is_alone(nic, domain.nics)) return "another one has the same MAC address";
    if (types_with_tap.count(nic.type) == 0) return "its type is " + nic.type + ", which has no tap device";
    if (!nic.is_virtio()) return "its model is " + (nic.model.empty() ? "not named" : nic.model) + ", not virtio";
    if (nic.driver == "qemu") return "the user wrote driver name='qemu'";
    return std::nullopt;
}

std::optional<std::string> reason_to_leave_alone(const NicFacts &nic, const DomainFacts &domain,
                                                 const QueueRoom &room) {
    if (auto reason = reason_to_leave_alone(nic, domain)) return reason;
    if (room.networks_of_devices.count(nic.network) == 0) return std::nullopt;
    return "its network " + nic.network + " hands out devices of the host, which have no tap device";
}

bool keeps_queues(const NicFacts &nic, const DomainPolicy &policy) {
    return nic.queues && policy.named.count("queues") == 0;
}

std::vector<NicQueue> vhost_queues(const DomainFacts &domain, const DomainPolicy &policy, const QueueRoom &room) {
    std::vector<NicQueue> all;
    if (domain.type != "kvm" || reason_out_of_reach(domain)) return all;
    const GuestQueues queues = guest_queues(domain, policy, room);
    for (const NicFacts &nic : domain.nics) {
        if (reason_to_leave_alone(nic, domain, room)) continue;
        for (unsigned queue = 0; queue < queues.number_of.at(nic.mac); ++queue) all.emplace_back(nic.mac, queue);
    }
    return all;
}

}  // namespace kvmtune::plan
