#include "daemon/plan/segment.hpp"

#include <algorithm>
#include <map>

namespace kvmtune::plan {

namespace {

bool is_uplink(const Link &port) {
    return port.kind.empty() || port.kind == "bond" || port.kind == "vlan";
}

/// Puts the segments together from the host's links and networks and the domains' NICs.
class Assembly {
  public:
    explicit Assembly(const Situation &situation) : situation_(situation) {}

    std::vector<Segment> segments() && {
        for (const NetworkFacts &network : situation_.host.networks) add_network(network);
        for (const DomainSituation &domain : situation_.domains) {
            if (domain.persistent)
                for (const NicFacts &nic : domain.facts.nics) add_defined(domain, nic);
            for (const NicFacts &nic : domain.running_nics) add_running(domain, nic);
        }
        std::vector<Segment> all;
        for (auto &[bridge, segment] : segments_) {
            add_links(segment);
            all.push_back(std::move(segment));
        }
        return all;
    }

  private:
    const Link *link_named(const std::string &name) const {
        const auto &links = situation_.host.links;
        const auto found =
            std::find_if(links.begin(), links.end(), [&](const Link &link) { return link.name == name; });
        return name.empty() || found == links.end() ? nullptr : &*found;
    }

    Segment &segment_at(const std::string &bridge) {
        Segment &segment = segments_[bridge];
        segment.bridge = bridge;
        return segment;
    }

    void add_network(const NetworkFacts &network) {
        if (network.bridge.empty()) return;
        Segment &segment = segment_at(network.bridge);
        if (network.owns_bridge()) segment.owner = &network;
        const auto section = situation_.policy.networks.find(network.name);
        if (section != situation_.policy.networks.end()) segment.policy = &section->second;
    }

    void add_defined(const DomainSituation &domain, const NicFacts &nic) {
        const std::string bridge = situation_.host.bridge_of(nic);
        if (!bridge.empty()) segment_at(bridge).defined.push_back({&domain, &nic, nullptr});
    }

    void add_running(const DomainSituation &domain, const NicFacts &nic) {
        const std::string bridge = situation_.host.bridge_of(nic);
        if (bridge.empty()) return;
        const Link *const tap = link_named(nic.tap);
        const bool is_port = tap != nullptr && tap->master == bridge;
        segment_at(bridge).running.push_back({&domain, &nic, is_port ? tap : nullptr});
    }

    void add_links(Segment &segment) const {
        segment.link = link_named(segment.bridge);
        for (const Link &link : situation_.host.links) {
            if (link.master != segment.bridge) continue;
            const auto is_its_tap = [&](const Member &member) { return member.tap == &link; };
            if (std::any_of(segment.running.begin(), segment.running.end(), is_its_tap)) continue;
            (is_uplink(link) ? segment.uplinks : segment.foreign).push_back(&link);
        }
    }

    const Situation &situation_;
    std::map<std::string, Segment> segments_;
};

}  // namespace

std::string Segment::name() const {
    return owner == nullptr ? "bridge " + bridge : "network " + owner->name;
}

std::vector<const Link *> Segment::ports() const {
    std::vector<const Link *> all = uplinks;
    all.insert(all.end(), foreign.begin(), foreign.end());
    for (const Member &member : running)
        if (member.tap != nullptr) all.push_back(member.tap);
    return all;
}

std::vector<Segment> segments_of(const Situation &situation) {
    return Assembly(situation).segments();
}

}  // namespace kvmtune::plan
