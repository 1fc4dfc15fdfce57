#include "daemon/plan/segment_mtu.hpp"

#include <algorithm>

namespace kvmtune::plan {

namespace {

using Obstacle = std::optional<std::string>;

std::string number(unsigned mtu) {
    return std::to_string(mtu);
}

/// What its uplinks carry: the one that carries the least decides.
WantedMtu carried_by_uplinks(const Segment &segment) {
    const Link *const lowest =
        *std::min_element(segment.uplinks.begin(), segment.uplinks.end(),
                          [](const Link *one, const Link *other) { return one->mtu < other->mtu; });
    const auto uplinks = segment.uplinks.size();
    return {lowest->mtu, "what its uplink " + lowest->name + " carries" +
                             (uplinks == 1 ? "" : ", the least of its " + std::to_string(uplinks) + " uplinks")};
}

Obstacle obstacle_in_policy(const DomainSituation &domain) {
    if (!domain.policy) return "it is outside the policy";
    if (!in_reach(domain)) return "it is of a kind that is left alone";
    if (!follows_segment(domain)) return "its policy section keeps its MTU";
    return std::nullopt;
}

Obstacle obstacle_in_nic(const NicFacts &nic, const std::vector<NicFacts> &nics) {
    if (nic.mac.empty()) return "an interface names no MAC address";
    if (!is_alone(nic, nics)) return "two interfaces have the MAC address " + nic.mac;
    if (nic.is_virtio()) return std::nullopt;
    return "interface " + nic.mac + " is " + (nic.model.empty() ? "of no named model" : nic.model) + ", not virtio";
}

/// As agent_channel wishes for it.
bool will_have_agent(const DomainSituation &domain) {
    const bool wished = domain.policy->profile != Profile::none || !domain.policy->guest_sysctls.empty();
    return domain.facts.agent_channel || (rewritable(domain) && wished);
}

Obstacle obstacle_in_definition(const Member &member, unsigned mtu) {
    const DomainSituation &domain = *member.domain;
    const NicFacts &nic = *member.nic;
    if (auto reason = obstacle_in_policy(domain)) return reason;
    if (auto reason = obstacle_in_nic(nic, domain.facts.nics)) return reason;
    if (nic.mtu && *nic.mtu < mtu && !names(domain, "mtu"))
        return "interface " + nic.mac + " has the user's own MTU, " + number(*nic.mtu);
    if (!nic.mtu && !rewritable(domain)) return "its definition is left alone";
    if (!will_have_agent(domain)) return "it gets no agent that could follow";
    return std::nullopt;
}

Obstacle obstacle_in_guest(const Member &member, unsigned mtu) {
    const DomainSituation &domain = *member.domain;
    const NicFacts &nic = *member.nic;
    if (!domain.guest) {
        const auto given = domain.given_mtus.find(nic.mac);
        const bool has_it = given != domain.given_mtus.end() && given->second == mtu;
        const bool booted_with_it = nic.mtu && *nic.mtu >= mtu;
        if (has_it || booted_with_it) return std::nullopt;
        return "no agent answers in its guest";
    }
    const GuestNic *const seen = guest_nic_of(member);
    if (seen == nullptr) return "its guest has no NIC " + nic.mac;
    if (seen->mtu_max && *seen->mtu_max < mtu)
        return "interface " + nic.mac + " takes at most " + number(*seen->mtu_max) + " until its next start";
    return std::nullopt;
}

Obstacle obstacle_in_what_runs(const Member &member, unsigned mtu) {
    const DomainSituation &domain = *member.domain;
    if (auto reason = obstacle_in_policy(domain)) return reason;
    if (auto reason = obstacle_in_nic(*member.nic, domain.running_nics)) return reason;
    if (auto reason = obstacle_in_guest(member, mtu)) return reason;
    if (member.tap == nullptr) return "the tap device of interface " + member.nic->mac + " is not known";
    return std::nullopt;
}

void add(std::vector<std::string> &obstacles, const Member &member, const Obstacle &reason) {
    if (!reason) return;
    std::string sentence = member.domain->facts.name + ": " + *reason;
    if (std::find(obstacles.begin(), obstacles.end(), sentence) == obstacles.end())
        obstacles.push_back(std::move(sentence));
}

std::vector<std::string> obstacles_in_ports(const Segment &segment, unsigned mtu) {
    std::vector<std::string> obstacles;
    const auto add_port = [&](const Link &port, const std::string &what) {
        if (port.mtu < mtu)
            obstacles.push_back("its " + what + " " + port.name + " carries " + number(port.mtu) +
                                " (`ip link set dev " + port.name + " mtu " + number(mtu) + "` raises it)");
    };
    for (const Link *uplink : segment.uplinks) add_port(*uplink, "uplink");
    for (const Link *port : segment.foreign) add_port(*port, "foreign port");
    return obstacles;
}

bool is_defined(const Segment &segment, const Member &running) {
    return std::any_of(segment.defined.begin(), segment.defined.end(), [&](const Member &member) {
        return member.domain == running.domain && member.nic->mac == running.nic->mac;
    });
}

/// What a member has by its definition and its network's.
unsigned defined_mtu(const Member &member, const Segment &segment) {
    if (member.nic->mtu && member.nic->is_virtio()) return *member.nic->mtu;
    if (segment.owner != nullptr && segment.owner->mtu) return *segment.owner->mtu;
    return usual_mtu;
}

/// What the guest of a member that does not follow takes, as far as is known. Whatever a guest says: for its sake no
/// other one gets less than a NIC has that nobody set.
unsigned taken_by(const Member &member, const Segment &segment) {
    const unsigned defined = defined_mtu(member, segment);
    const GuestNic *const seen = guest_nic_of(member);
    return seen == nullptr ? defined : std::max(seen->mtu, std::min(defined, usual_mtu));
}

}  // namespace

std::optional<WantedMtu> wanted_mtu(const Segment &segment, const HostPolicy &host) {
    if (segment.policy != nullptr && segment.policy->mtu)
        return WantedMtu{*segment.policy->mtu, "the policy names it (" + segment.policy->source + ")"};
    if (segment.owner == nullptr) return std::nullopt;
    if (segment.owner->mtu) return WantedMtu{*segment.owner->mtu, "its network's own <mtu>"};
    if (!segment.uplinks.empty()) return carried_by_uplinks(segment);
    if (host.profile != Profile::network) return std::nullopt;
    return WantedMtu{profile_mtu, "profile network, on a bridge of libvirt's own"};
}

bool follows_segment(const DomainSituation &domain) {
    return wants(domain, "mtu") && domain.policy->mtu;
}

std::vector<std::string> obstacles_in_definitions(const Segment &segment, unsigned mtu) {
    std::vector<std::string> obstacles = obstacles_in_ports(segment, mtu);
    for (const Member &member : segment.defined) add(obstacles, member, obstacle_in_definition(member, mtu));
    for (const Member &member : segment.running)
        if (!is_defined(segment, member)) add(obstacles, member, obstacle_in_what_runs(member, mtu));
    return obstacles;
}

std::vector<std::string> obstacles_in_what_runs(const Segment &segment, unsigned mtu) {
    std::vector<std::string> obstacles = obstacles_in_ports(segment, mtu);
    for (const Member &member : segment.running) add(obstacles, member, obstacle_in_what_runs(member, mtu));
    return obstacles;
}

const GuestNic *guest_nic_of(const Member &member) {
    if (!member.domain->guest) return nullptr;
    for (const GuestNic &nic : member.domain->guest->nics)
        if (nic.mac == member.nic->mac) return &nic;
    return nullptr;
}

unsigned carried_mtu(const Segment &segment, unsigned mtu) {
    unsigned carried = mtu;
    for (const Link *port : segment.ports()) carried = std::min(carried, port->mtu);
    for (const Member &member : segment.running)
        if (obstacle_in_what_runs(member, mtu)) carried = std::min(carried, taken_by(member, segment));
    return carried;
}

}  // namespace kvmtune::plan
