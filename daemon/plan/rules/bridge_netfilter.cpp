// Once br_netfilter is loaded, each bridged frame passes iptables too, on every bridge of the host: switched off unless
// somebody needs it. The module is never loaded for that: without it there is nothing to switch off. A udev rule sees
// it come later, our sysctl.d file has the same for a module that is there at boot.
#include "daemon/plan/rules/bridge_netfilter.hpp"

#include <algorithm>
#include <optional>

#include "daemon/plan/own_files.hpp"
#include "daemon/plan/rules/rules.hpp"

namespace kvmtune::plan {

namespace {

using Filter = NetworkPolicy::Filter;

constexpr const char *module = "br_netfilter";

/// The policy's name for the network that a NIC hangs on; nullopt if it is on no bridge.
std::optional<std::string> network_of(const NicFacts &nic, const HostFacts &host) {
    if (nic.type != "network" && nic.type != "bridge") return std::nullopt;
    for (const NetworkFacts &network : host.networks) {
        if (nic.type == "network" && network.name == nic.network)
            return network.bridge.empty() ? std::nullopt : std::optional(network.name);
        if (nic.type == "bridge" && network.bridge == nic.bridge) return network.name;
    }
    return nic.type == "network" ? nic.network : nic.bridge;
}

/// What the policy says of one NIC; nullopt where it is not looked at.
std::optional<Filter> filter_of(const DomainSituation &domain, const NicFacts &nic, const Situation &situation) {
    const auto network = network_of(nic, situation.host);
    if (!in_reach(domain) || !network) return std::nullopt;
    const auto section = situation.policy.networks.find(*network);
    const Filter filter =
        section == situation.policy.networks.end() ? Filter::automatic : section->second.bridge_netfilter;
    const bool by_profile = situation.policy.host.profile != Profile::none && domain.policy->profile != Profile::none;
    if (filter == Filter::automatic && !by_profile) return std::nullopt;
    return filter;
}

/// One switch for the whole host: "keep" wins, then "off".
std::optional<Filter> filter_of(const Situation &situation) {
    std::optional<Filter> verdict;
    for (const DomainSituation &domain : situation.domains)
        for (const NicFacts &nic : domain.facts.nics) {
            const auto filter = filter_of(domain, nic, situation);
            if (!filter || verdict == Filter::keep) continue;
            if (!verdict || *filter != Filter::automatic) verdict = filter;
        }
    return verdict;
}

/// Who needs it, in words; empty if nobody does.
std::string who_needs_it(const Situation &situation) {
    std::vector<std::string> who(situation.host.bridge_filter_users.begin(), situation.host.bridge_filter_users.end());
    for (const DomainSituation &domain : situation.domains)
        if (std::any_of(domain.facts.nics.begin(), domain.facts.nics.end(),
                        [](const NicFacts &nic) { return nic.filtered; }))
            who.push_back("the nwfilter rules of " + domain.facts.name);
    for (const std::string sysctl : bridge_netfilter_sysctls)
        if (const auto *line = situation.host.last_line(sysctl); line != nullptr && line->value != "0")
            who.push_back(line->file + ":" + std::to_string(line->line));
    std::string text;
    for (const std::string &one : who) text += (text.empty() ? "" : ", ") + one;
    return text;
}

bool is_there(const HostFacts &host) {
    return std::any_of(bridge_netfilter_sysctls.begin(), bridge_netfilter_sysctls.end(),
                       [&](const char *sysctl) { return host.sysctls.count(sysctl) != 0; });
}

bool is_off(const HostFacts &host) {
    return std::all_of(bridge_netfilter_sysctls.begin(), bridge_netfilter_sysctls.end(), [&](const char *sysctl) {
        const auto found = host.sysctls.find(sysctl);
        return found == host.sysctls.end() || found->second == "0";
    });
}

bool may_come(const HostFacts &host) {
    return is_there(host) || host.modules.count(module) != 0 || host.loadable.count(module) != 0;
}

bool is_switched_off(const Situation &situation) {
    const auto filter = filter_of(situation);
    if (!filter || *filter == Filter::keep || !may_come(situation.host)) return false;
    return *filter == Filter::off || who_needs_it(situation).empty();
}

/// udev writes the values itself: see SYSCTL{} in udev(7). The kernel tells of the module once its sysctls are there.
std::string rule_text(const Sysctls &sysctls) {
    std::string text = "ACTION==\"add\", SUBSYSTEM==\"module\", KERNEL==\"br_netfilter\"";
    for (const auto &[sysctl, value] : sysctls) {
        std::string path = sysctl;
        std::replace(path.begin(), path.end(), '.', '/');
        text += ", SYSCTL{" + path + "}=\"" + value + "\"";
    }
    return text + "\n";
}

/// Those of them that the policy does not name by itself.
Sysctls ours(const Policy &policy) {
    Sysctls sysctls;
    for (const std::string sysctl : bridge_netfilter_sysctls)
        if (policy.host.sysctls.count(sysctl) == 0) sysctls[sysctl] = "0";
    return sysctls;
}

}  // namespace

Sysctls bridge_netfilter_at_boot(const Situation &situation) {
    return is_switched_off(situation) ? ours(situation.policy) : Sysctls{};
}

namespace rules {

Proposal bridge_netfilter(const Situation &situation) {
    Proposal proposal;
    const auto filter = filter_of(situation);
    if (!filter || *filter == Filter::keep || !may_come(situation.host)) return proposal;
    const std::string who = who_needs_it(situation);
    const std::string about = "sysctl:net.bridge.bridge-nf-call-iptables";
    if (!is_switched_off(situation)) {
        if (!is_there(situation.host) || !is_off(situation.host))
            proposal.findings.push_back({about, "bridge netfilter stays as it is: " + who + " may need it"});
        return proposal;
    }
    if (!who.empty())
        proposal.findings.push_back({about, "switched off as the policy says, though " + who + " may need it"});

    const Sysctls sysctls = ours(situation.policy);
    const bool persist = situation.policy.host.persist;
    const std::string because = "bridge netfilter: bridged frames need no iptables here";
    for (const auto &[sysctl, value] : sysctls)
        if (situation.host.sysctls.count(sysctl) != 0)
            proposal.wishes.push_back(
                {{TargetKind::sysctl, "", sysctl}, value, because, Disruption::live, {}, persist});
    if (persist && !sysctls.empty())
        proposal.wishes.push_back(own_files::wish_for(own_files::bridge_netfilter, rule_text(sysctls),
                                                      because + ", also when the module comes later"));
    return proposal;
}

}  // namespace rules

}  // namespace kvmtune::plan
