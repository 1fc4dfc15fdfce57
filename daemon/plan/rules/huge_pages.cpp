// Guests' memory in huge pages, and pools for it. The element comes only after its pool, and a pool that does not
// outlive the boot makes it a dependency of the guest's start.
#include "daemon/plan/own_files.hpp"
#include "daemon/plan/page_supply.hpp"
#include "daemon/plan/rules/rules.hpp"

namespace kvmtune::plan::rules {

namespace {

using Pool = HugePagePolicy::Pool;

const Target file{TargetKind::file, "", own_files::pools};

bool is_persisted(const HostPolicy &host) {
    return host.persist && (host.hugepages.pool == Pool::reserve || host.hugepages.pool == Pool::fixed);
}

/// Who is to have pages of the pool, by name.
std::string users_of(const HugePagePlan &plan, const PoolName &pool) {
    std::string names;
    for (const auto &[uuid, claim] : plan.claims)
        if (claim.consented && claim.pages_of(pool) > 0)
            names += (names.empty() ? "" : ", ") + claim.domain->facts.name;
    return names;
}

void add_pools(Proposal &proposal, const HugePagePlan &plan, const Situation &situation) {
    const bool persisted = is_persisted(situation.policy.host);
    std::string lines;
    for (const auto &[pool, pages] : plan.pools) {
        const std::string users = users_of(plan, pool);
        proposal.wishes.push_back({pool_target(pool),
                                   std::to_string(pages),
                                   users.empty() ? "huge pages: the policy's number for each node"
                                                 : "huge pages: a pool for the memory of " + users,
                                   Disruption::live,
                                   {},
                                   persisted});
        if (std::string moved = PageSupply(situation).fragmentation(pool, pages); !moved.empty())
            proposal.findings.push_back({text_of(pool_target(pool)), std::move(moved)});
        lines += "w! /" + pool_folder(pool) + "/nr_hugepages - - - - " + std::to_string(pages) + "\n";
    }
    if (persisted && !lines.empty())
        proposal.wishes.push_back(
            own_files::wish_for(own_files::pools, lines, "huge pages: pools at boot too, as [host] persist says"));
}

/// "512 of 2 MiB", "512 of 2 MiB on node 0 and 300 on node 1"
std::string pages_text(const PageClaim &claim) {
    std::string text;
    for (const auto &[node, share] : claim.pages) {
        text +=
            text.empty() ? std::to_string(share) + " of " + page_text(claim.page_kib) : " and " + std::to_string(share);
        if (claim.pages.size() > 1) text += " on node " + std::to_string(node);
    }
    return text;
}

Wish element_for(const PageClaim &claim, const HugePagePlan &plan, const Situation &situation) {
    const DomainSituation &domain = *claim.domain;
    const std::string size = std::to_string(claim.page_kib);
    Wish wish{{TargetKind::element, domain.facts.uuid, "memoryBacking/hugepages"},
              claim.page_kib == situation.host.default_page_kib ? "default" : size,
              "huge pages: " + pages_text(claim) + " hold its memory, with fewer misses of the TLB (" +
                  domain.policy->source + ")" + (claim.instead_of.empty() ? "" : "; no others: " + claim.instead_of),
              claim.disruption,
              {}};
    wish.requires_first = claim.consented ? plan.targets_for(claim) : std::vector<Target>();
    if (!wish.requires_first.empty() && is_persisted(situation.policy.host)) wish.requires_first.push_back(file);
    return wish;
}

/// vm.nr_hugepages counts the pages of all nodes: a line that says fewer takes ours away if it comes after them.
void add_competing_line(Proposal &proposal, const HugePagePlan &plan, const HostFacts &host) {
    std::uint64_t wanted = 0;
    for (const auto &[pool, pages] : plan.pools)
        if (pool.page_kib == host.default_page_kib) wanted += pages;
    const SysctlLine *const last = host.last_line("vm.nr_hugepages");
    if (last == nullptr || pages_in(last->value).value_or(0) >= wanted) return;
    proposal.findings.push_back({text_of(file), "at boot " + last->file + ":" + std::to_string(last->line) +
                                                    " sets vm.nr_hugepages to " + last->value +
                                                    " for the whole host, fewer than the " + std::to_string(wanted) +
                                                    " of our pools: whichever comes last wins"});
}

}  // namespace

Proposal huge_pages(const Situation &situation, const HugePagePlan &plan) {
    Proposal proposal{{}, plan.findings};
    add_pools(proposal, plan, situation);
    if (is_persisted(situation.policy.host)) add_competing_line(proposal, plan, situation.host);
    for (const auto &[uuid, claim] : plan.claims)
        if (!claim.of_user) proposal.wishes.push_back(element_for(claim, plan, situation));
    return proposal;
}

}  // namespace kvmtune::plan::rules
