#include "daemon/plan/uplinks.hpp"

#include <set>
#include <string>

namespace kvmtune::plan {

namespace {

constexpr unsigned deepest = 4;
/// Kinds of links that have ports. Of the others a bridge may have a thousand, a tap for each guest.
const std::set<std::string> kinds_with_ports = {"bond", "bridge", "team"};

std::vector<const Link *> hardware_below(const std::string &master, const HostFacts &host, unsigned depth) {
    std::vector<const Link *> found;
    if (master.empty() || depth == deepest) return found;
    for (const Link &link : host.links) {
        if (link.master != master) continue;
        if (link.kind.empty()) found.push_back(&link);
        if (kinds_with_ports.count(link.kind) == 0) continue;
        const auto below = hardware_below(link.name, host, depth + 1);
        found.insert(found.end(), below.begin(), below.end());
    }
    return found;
}

std::set<std::string> bridges_of(const Situation &situation) {
    std::set<std::string> bridges;
    for (const DomainSituation &domain : situation.domains)
        for (const NicFacts &nic : domain.facts.nics) bridges.insert(situation.host.bridge_of(nic));
    return bridges;
}

}  // namespace

std::vector<const Link *> hardware_below(const std::string &master, const HostFacts &host) {
    return hardware_below(master, host, 0);
}

std::map<std::string, unsigned> uplink_nodes(const Situation &situation) {
    std::map<std::string, unsigned> nodes;
    for (const std::string &bridge : bridges_of(situation))
        for (const Link *link : hardware_below(bridge, situation.host))
            if (link->node) nodes.emplace(bridge, *link->node);
    return nodes;
}

std::vector<const Link *> uplinks_of(const Situation &situation) {
    std::vector<const Link *> uplinks;
    for (const std::string &bridge : bridges_of(situation)) {
        const auto below = hardware_below(bridge, situation.host);
        uplinks.insert(uplinks.end(), below.begin(), below.end());
    }
    return uplinks;
}

}  // namespace kvmtune::plan
