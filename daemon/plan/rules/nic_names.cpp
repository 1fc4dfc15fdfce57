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

/// The NICs of the domain (a guest may tell of others) whose names would change with the chipset.
std::vector<GuestNic> named_by_place(const DomainSituation &domain) {
    std::vector<GuestNic> nics;
    if (!domain.guest) return nics;
    for (const GuestNic &nic : domain.guest->nics)
        if (!is_by_order(nic.name) && is_alone(nic, domain.guest->nics) && has_nic(domain, nic.mac))
            nics.push_back(nic);
    return nics;
}

}  // namespace

std::string reason_to_lose_names(const DomainSituation &domain) {
    for (const GuestNic &nic : named_by_place(domain))
        if (!nic.kept_name)
            return "its guest has no way to keep the name of its NIC " + nic.mac + ", " + nic.name +
                   " (its agent writes a file for systemd-udevd, if there is no other for it)";
    return "";
}

std::vector<Wish> names_to_keep(const DomainSituation &domain) {
    std::vector<Wish> wishes;
    for (const GuestNic &nic : named_by_place(domain))
        if (nic.kept_name) wishes.push_back(wish_for(domain, nic.mac, nic.name));
    return wishes;
}

Proposal names_kept(const DomainSituation &domain) {
    Proposal proposal;
    for (const auto &[mac, name] : domain.kept_names)
        if (has_nic(domain, mac)) proposal.wishes.push_back(wish_for(domain, mac, name));
    // Nobody answered when it was converted, or the NIC came later: as long as it runs with the old chipset, there is
    // time.
    if (domain.running && !domain.runs_q35)
        for (Wish &wish : names_to_keep(domain))
            if (domain.kept_names.count(*mac_of_kept_name(wish.target)) == 0)
                proposal.wishes.push_back(std::move(wish));
    if (!domain.guest || !domain.runs_q35) return proposal;
    for (const GuestNic &nic : domain.guest->nics) {
        const auto kept = domain.kept_names.find(nic.mac);
        if (kept != domain.kept_names.end() && kept->second != nic.name)
            proposal.findings.push_back({domain.facts.name, "its guest calls the NIC " + nic.mac + " " + nic.name +
                                                                ", not " + kept->second + " as before"});
    }
    return proposal;
}

}  // namespace kvmtune::plan::rules
