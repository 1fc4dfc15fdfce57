// The recipe's Q35. It is another machine to the guest, by consent alone; and where the guest might not survive it for
// what is in it, somebody has to name it.
#include <algorithm>
#include <iterator>
#include <utility>

#include "daemon/plan/rules/nic_names.hpp"
#include "daemon/plan/rules/rules.hpp"

namespace kvmtune::plan::rules {

namespace {

constexpr const char *key = "machine";

/// Whether its virtio devices have to keep their older interface.
bool needs_older_virtio(const DomainSituation &domain) {
    const auto &chipset = domain.facts.i440fx;
    if (!chipset || !chipset->has_virtio) return false;
    const bool is_told = domain.guest && domain.guest->virtio_1;
    return is_told ? !*domain.guest->virtio_1 : chipset->ancient;
}

Wish wish_for(const DomainSituation &domain) {
    return {machine_target(domain.facts.uuid),
            (domain.facts.i440fx ? domain.facts.i440fx->successor : "q35") +
                (needs_older_virtio(domain) ? with_older_virtio : ""),
            "chipset: PCI Express instead of " + (domain.converted ? "i440FX" : domain.facts.machine) +
                ", with new addresses for all PCI devices and SATA for IDE (" + domain.policy->source + ")",
            domain.converted ? Disruption::next_boot : Disruption::guest_abi,
            {}};
}

/// What its guest itself says against it; empty: nothing.
std::string obstacle_in(const GuestFacts &guest, const ChipsetFacts &chipset) {
    if (!chipset.needs_ahci || guest.ahci.value_or(true)) return "";
    return "the guest's kernel (" + guest.kernel + ") has no driver for AHCI, which its disks would be on";
}

/// What its guest leaves open.
std::string doubt_about(const DomainSituation &domain, const ChipsetFacts &chipset) {
    if (!domain.guest) return "no agent answers, who would tell of its drivers and keep the names of its NICs";
    const GuestFacts &guest = *domain.guest;
    const bool tells = (!chipset.needs_ahci || guest.ahci) && (!chipset.has_virtio || guest.virtio_1);
    if (!tells) return "its agent (" + guest.agent_version + ") does not tell of its kernel's drivers";
    return reason_to_lose_names(domain);
}

/// Why the guest keeps its chipset; empty: it need not. Of a document by itself nobody can ask the guest.
std::string reason_to_keep(const DomainSituation &domain, bool described) {
    const ChipsetFacts &chipset = *domain.facts.i440fx;
    if (!chipset.obstacles.empty()) return chipset.obstacles.front();
    const std::string obstacle = domain.guest ? obstacle_in(*domain.guest, chipset) : "";
    if (!obstacle.empty()) return obstacle;
    std::string doubt = described ? "" : doubt_about(domain, chipset);
    if (!chipset.doubts.empty()) doubt = chipset.doubts.front();
    if (doubt.empty() || names(domain, key)) return "";
    return doubt + "; machine = \"q35\" in its section says that it does not matter";
}

/// The NICs' names are settled before.
void convert(Proposal &proposal, const DomainSituation &domain) {
    Wish wish = wish_for(domain);
    for (Wish &name : names_to_keep(domain)) {
        wish.requires_first.push_back(name.target);
        proposal.wishes.push_back(std::move(name));
    }
    proposal.wishes.push_back(std::move(wish));
    for (const std::string &demand : domain.facts.i440fx->demands)
        proposal.findings.push_back({domain.facts.name, "it gets Q35: " + demand});
}

void keep_converted(Proposal &proposal, const DomainSituation &domain) {
    proposal = names_kept(domain);
    proposal.wishes.push_back(wish_for(domain));
}

void add(Proposal &proposal, Proposal more) {
    std::move(more.wishes.begin(), more.wishes.end(), std::back_inserter(proposal.wishes));
    std::move(more.findings.begin(), more.findings.end(), std::back_inserter(proposal.findings));
}

Proposal proposal_for(const DomainSituation &domain, bool described) {
    Proposal proposal;
    if (!rewritable(domain) || !wants(domain, key) || !domain.policy->q35) return proposal;
    if (!domain.facts.i440fx) {
        if (domain.converted) keep_converted(proposal, domain);
        return proposal;
    }
    const std::string reason = reason_to_keep(domain, described);
    if (!allows(domain, Disruption::guest_abi)) {
        if (reason.empty()) proposal.wishes.push_back(wish_for(domain));  // held back
        return proposal;
    }
    if (reason.empty()) {
        convert(proposal, domain);
    } else {
        proposal.findings.push_back({domain.facts.name, "its chipset stays i440FX: " + reason});
    }
    return proposal;
}

}  // namespace

Proposal chipset(const Situation &situation) {
    Proposal all;
    for (const DomainSituation &domain : situation.domains) add(all, proposal_for(domain, situation.host.described));
    return all;
}

}  // namespace kvmtune::plan::rules
