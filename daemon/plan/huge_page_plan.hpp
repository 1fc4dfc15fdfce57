// How large the pools of huge pages are to be, and whose memory they hold.
//
// A pool has room for the pages that others use or have definitions for, and for those of the domains that we care for;
// what is there already counts, only the rest is added. It must come out of memory that is free now: a guest that runs
// on small pages keeps them until it stops. And it leaves the node what the policy keeps free. Whoever does not fit is
// left out with a finding; those who have their pages already come first. A guest on several nodes has a share of its
// pages on each.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "daemon/plan/page_shares.hpp"
#include "daemon/plan/placement/placement.hpp"
#include "daemon/plan/pool.hpp"
#include "daemon/plan/situation.hpp"

namespace kvmtune::plan {

/// A domain whose memory is to be in huge pages.
struct PageClaim {
    const DomainSituation *domain = nullptr;  ///< of the situation that was asked about
    std::uint64_t page_kib = 2048;
    PageShares pages = {};
    bool of_user = false;   ///< the user's definition has them: it only needs the pool
    bool consented = true;  ///< the section lets it be done; if not, the pool has no room for it
    Disruption disruption = Disruption::binding;
    std::string instead_of = {};  ///< why it has no pages of a size that the policy prefers; empty: it has the first

    [[nodiscard]] std::vector<PoolName> pools() const;
    [[nodiscard]] std::uint64_t pages_of(const PoolName &pool) const;
};

struct HugePagePlan {
    std::map<PoolName, std::uint64_t> pools;  ///< pages, those with something in them for us
    std::map<std::string, PageClaim> claims;  ///< by UUID: those with room in a pool, or that want a consent
    std::vector<Finding> findings;

    /// Whether the domain's pages are there once the pools are.
    [[nodiscard]] bool covers(const std::string &uuid) const;

    /// The pools of ours that a claim's pages come from.
    [[nodiscard]] std::vector<Target> targets_for(const PageClaim &claim) const;
};

[[nodiscard]] HugePagePlan huge_page_plan(const Situation &situation, const Placement &placement);

}  // namespace kvmtune::plan
