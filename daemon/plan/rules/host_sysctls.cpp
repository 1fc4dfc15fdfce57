#include "daemon/plan/rules/recipe.hpp"
#include "daemon/plan/rules/rules.hpp"

namespace kvmtune::plan::rules {

namespace {

constexpr const char *file = "etc/sysctl.d/60-kvmtune.conf";
constexpr const char *header = "# Written by kvmtune; kvmtune rollback --all takes it back.\n";

std::string source_of(const Policy &policy, const std::string &sysctl) {
    const auto source = policy.sources.find("host.sysctl." + sysctl);
    return source == policy.sources.end() ? "[host]" : source->second;
}

Wish wish_for(const std::string &sysctl, const std::string &value, const std::string &because) {
    return {{TargetKind::sysctl, "", sysctl}, value, because, Disruption::live, {}};
}

/// The profile's values that are larger than what is there, where the policy names no other.
void add_profile(Proposal &proposal, const Situation &situation) {
    for (const auto &[sysctl, value] : recipe_for_host()) {
        if (situation.policy.host.sysctls.count(sysctl) != 0) continue;
        const auto present = situation.host.sysctls.find(sysctl);
        if (present == situation.host.sysctls.end()) {
            proposal.findings.push_back({"sysctl:" + sysctl, "this kernel has none of this name: left out"});
            continue;
        }
        if (const auto larger = raised(present->second, value))
            proposal.wishes.push_back(
                wish_for(sysctl, *larger, "sysctl: profile network raises it from " + present->second));
    }
}

}  // namespace

Proposal host_sysctls(const Situation &situation) {
    Proposal proposal;
    if (!host_in_scope(situation)) return proposal;
    const HostPolicy &host = situation.policy.host;
    if (host.profile == Profile::network) add_profile(proposal, situation);
    for (const auto &[sysctl, value] : host.sysctls)
        proposal.wishes.push_back(
            wish_for(sysctl, value, "sysctl: the policy names it (" + source_of(situation.policy, sysctl) + ")"));

    if (!host.persist || proposal.wishes.empty()) return proposal;
    std::map<std::string, std::string> lines;
    for (Wish &wish : proposal.wishes) {
        wish.survives_boot = true;
        lines[wish.target.name] = wish.value;
    }
    std::string text = header;
    for (const auto &[sysctl, value] : lines) text += sysctl + " = " + value + "\n";
    proposal.wishes.push_back({{TargetKind::file, "", file},
                               text,
                               "sysctl: in force at boot too, as [host] persist says",
                               Disruption::live,
                               {}});
    return proposal;
}

}  // namespace kvmtune::plan::rules

namespace kvmtune::plan {

std::set<std::string> asked_sysctls(const Policy &policy) {
    std::set<std::string> names;
    for (const auto &[sysctl, value] : recipe_for_host()) names.insert(sysctl);
    for (const auto &[sysctl, value] : policy.host.sysctls) names.insert(sysctl);
    return names;
}

}  // namespace kvmtune::plan
