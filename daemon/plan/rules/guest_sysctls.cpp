#include "daemon/plan/rules/buffer_terms.hpp"
#include "daemon/plan/rules/recipe.hpp"
#include "daemon/plan/rules/rules.hpp"
#include "daemon/plan/sizes.hpp"

namespace kvmtune::plan::rules {

namespace {

bool is_offered(const GuestFacts &guest, const std::string &sysctl) {
    return guest.sysctl_names.count(sysctl) != 0 && guest.sysctls.count(sysctl) != 0;
}

Wish wish_for(const DomainSituation &domain, const std::string &sysctl, const std::string &value,
              const std::string &because) {
    return {{TargetKind::knob, domain.facts.uuid, "sysctl/" + sysctl},
            value,
            because + " (" + domain.policy->source + ")",
            Disruption::live,
            {}};
}

/// "from" is empty, or says what the guest has now.
std::string because_in_guest(const std::string &sysctl, const std::string &from, std::uint64_t memory) {
    const std::string terms = guest_buffer_terms(sysctl, memory);
    return "guest sysctl: profile network" + from + (terms.empty() ? "" : ": " + terms);
}

/// The profile's values by the definition's memory (a guest's own total lies somewhat below it, and is its own word):
/// those that are larger than what the guest has, or all of them while it cannot be asked.
void add_profile(Proposal &proposal, const DomainSituation &domain) {
    const auto &guest = domain.guest;
    const std::uint64_t memory = memory_of(domain.facts);
    for (const auto &[sysctl, value] : recipe_for_guest(memory)) {
        if (domain.policy->guest_sysctls.count(sysctl) != 0) continue;
        if (!guest) {
            proposal.wishes.push_back(wish_for(domain, sysctl, value, because_in_guest(sysctl, "", memory)));
            continue;
        }
        if (!is_offered(*guest, sysctl)) continue;
        const std::string &present = guest->sysctls.at(sysctl);
        if (const auto larger = raised(present, value))
            proposal.wishes.push_back(
                wish_for(domain, sysctl, *larger, because_in_guest(sysctl, " raises it from " + present, memory)));
    }
}

void add_named(Proposal &proposal, const DomainSituation &domain) {
    for (const auto &[sysctl, value] : domain.policy->guest_sysctls) {
        if (domain.guest && !is_offered(*domain.guest, sysctl)) {
            proposal.findings.push_back({domain.facts.name, "its guest's agent does not offer the sysctl " + sysctl});
            continue;
        }
        proposal.wishes.push_back(wish_for(domain, sysctl, value, "guest sysctl: the policy names it"));
    }
}

}  // namespace

Proposal guest_sysctls(const Situation &situation) {
    Proposal proposal;
    for (const DomainSituation &domain : situation.domains) {
        if (!in_reach(domain)) continue;
        if (domain.policy->profile == Profile::network) add_profile(proposal, domain);
        add_named(proposal, domain);
    }
    return proposal;
}

}  // namespace kvmtune::plan::rules
