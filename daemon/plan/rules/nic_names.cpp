#include "daemon/plan/rules/nic_names.hpp"

#include <algorithm>

namespace kvmtune::plan::rules {

namespace {

bool is_by_order(const std::string &name) {
    return name.size() > 3 && name.starts_with("eth") && name.find_first_not_of("0123456789", 3) == std::string::npos;
}

Wish wish_for(const DomainSituation &domain, const std::string &mac, const std::string &name) {
    return {kept_name_target(domain.facts.uuid, mac),
            name,
            "NIC names: it is called so, and its guest's network configuration may go by that (" +
                domain.policy->source + ")",
            Disruption::live,
            {},
            true,
            "the names of " + domain.facts.name + "'s NICs"};
}

}  // namespace

std::string reason_to_lose_names(const GuestFacts &guest) {
    for (const GuestNic &nic : guest.nics)
        if (!is_by_order(nic.name) && (!nic.kept_name || !is_alone(nic, guest.nics)))
            return "its guest has no way to keep the name of its NIC " + nic.mac + ", " + nic.name +
                   " (its agent writes a file for systemd-udevd)";
    return "";
}

std::vector<Wish> names_to_keep(const DomainSituation &domain) {
    std::vector<Wish> wishes;
    if (!domain.guest) return wishes;
    for (const GuestNic &nic : domain.guest->nics)
        if (!is_by_order(nic.name) && nic.kept_name && is_alone(nic, domain.guest->nics))
            wishes.push_back(wish_for(domain, nic.mac, nic.name));
    return wishes;
}

Proposal names_kept(const DomainSituation &domain) {
    Proposal proposal;
    for (const auto &[mac, name] : domain.kept_names) proposal.wishes.push_back(wish_for(domain, mac, name));
    if (!domain.guest) return proposal;
    for (const GuestNic &nic : domain.guest->nics) {
        const auto kept = domain.kept_names.find(nic.mac);
        if (kept != domain.kept_names.end() && kept->second != nic.name)
            proposal.findings.push_back({domain.facts.name, "its guest calls the NIC " + nic.mac + " " + nic.name +
                                                                ", not " + kept->second + " as before"});
    }
    return proposal;
}

}  // namespace kvmtune::plan::rules
