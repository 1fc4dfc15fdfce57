#include "daemon/plan/huge_page_plan.hpp"

#include <algorithm>
#include <optional>

#include "daemon/plan/left_alone.hpp"
#include "daemon/plan/memory_home.hpp"

namespace kvmtune::plan {

namespace {

using Pool = HugePagePolicy::Pool;

constexpr std::uint64_t tenth_of_gib = (1u << 30) / 10;  ///< what is missing is rounded up

std::uint64_t page_kib_of(const DomainFacts &facts, const HostFacts &host) {
    return facts.backing.page_kib.value_or(host.default_page_kib);
}

bool is_whole(const DomainFacts &facts, std::uint64_t page) {
    return facts.memory % page == 0 &&
           (!facts.cpu || std::all_of(facts.cpu->cells.begin(), facts.cpu->cells.end(),
                                      [&](const GuestCell &cell) { return cell.memory % page == 0; }));
}

/// Whether an administrator's line makes the pools of the default page size at boot, all that are there.
bool is_made_at_boot(const HostFacts &host, std::uint64_t page_kib) {
    if (page_kib != host.default_page_kib) return false;
    std::uint64_t there = 0;
    for (const HugePagePool &pool : host.pools)
        if (pool.page_kib == page_kib) there += pool.total;
    const SysctlLine *const line = host.last_line("vm.nr_hugepages");
    return (line == nullptr ? 0 : pages_in(line->value).value_or(0)) >= there;
}

class Planner {
  public:
    Planner(const Situation &situation, const Placement &placement)
        : situation_(situation), placement_(placement), policy_(situation.policy.host.hugepages) {}

    HugePagePlan plan() && {
        add_fixed_pools();
        std::vector<PageClaim> claims;
        for (const DomainSituation &domain : situation_.domains)
            if (auto claim = claim_of(domain)) claims.push_back(*claim);
        std::stable_sort(claims.begin(), claims.end(),
                         [](const PageClaim &left, const PageClaim &right) { return rank(left) < rank(right); });
        for (const PageClaim &claim : claims) place(claim);
        return std::move(plan_);
    }

  private:
    static int rank(const PageClaim &claim) {
        if (claim.of_user) return 0;
        return claim.domain->present.huge_pages ? 1 : 2;
    }

    const HugePagePool *fact(const PoolName &name) const {
        const auto &pools = situation_.host.pools;
        const auto found = std::find_if(pools.begin(), pools.end(), [&](const HugePagePool &pool) {
            return pool.node == name.node && pool.page_kib == name.page_kib;
        });
        return found == pools.end() ? nullptr : &*found;
    }

    void leave_out(const DomainSituation &domain, const std::string &reason) {
        const bool of_user = domain.facts.backing.hugepages;
        plan_.findings.push_back(
            {domain.facts.name,
             (of_user ? "no pool for its own huge pages: " : "its memory gets no huge pages: ") + reason});
    }

    std::optional<PageClaim> claim_of(const DomainSituation &domain) {
        if (!rewritable(domain) || !wants(domain, "hugepages") || !domain.policy->hugepages) return std::nullopt;
        PageClaim claim;
        claim.domain = &domain;
        claim.of_user = domain.facts.backing.hugepages;
        if (claim.of_user && policy_.pool == Pool::off) return std::nullopt;
        claim.pool.page_kib = claim.of_user ? page_kib_of(domain.facts, situation_.host) : policy_.page_kib;
        const MemoryHome home = memory_home(domain, situation_, placement_);
        std::string reason = objection(claim);
        if (reason.empty() && !home.node) reason = home.why_not;
        if (reason.empty()) reason = objection_to_node(claim, *home.node);
        if (!reason.empty()) {
            leave_out(domain, reason);
            return std::nullopt;
        }
        claim.pool.node = *home.node;
        claim.pages = domain.facts.memory / (claim.pool.page_kib * 1024);
        claim.disruption = disruption_of(claim);
        claim.consented = claim.of_user || allows(domain, claim.disruption);
        return claim;
    }

    /// Why this definition has no huge pages of this size.
    std::string objection(const PageClaim &claim) const {
        const DomainFacts &facts = claim.domain->facts;
        if (facts.backing.pages_by_node) return "it has page sizes for its cells one by one";
        if (!claim.of_user)
            if (const auto reason = reason_to_keep_backing(facts)) return *reason;
        const std::string size = page_text(claim.pool.page_kib);
        if (facts.memory == 0) return "how much memory it has is not known";
        if (!is_whole(facts, claim.pool.page_kib * 1024)) return "its memory is no multiple of " + size;
        const auto &mounted = situation_.host.hugetlbfs_pages;
        if (mounted && mounted->count(claim.pool.page_kib) == 0)
            return "no hugetlbfs with pages of " + size + " is mounted, which libvirt needs";
        return "";
    }

    std::string objection_to_node(const PageClaim &claim, unsigned node) const {
        const DomainSituation &domain = *claim.domain;
        if (!situation_.host.described && fact({node, claim.pool.page_kib}) == nullptr)
            return "this host has no huge pages of " + page_text(claim.pool.page_kib) + " on node " +
                   std::to_string(node);
        const bool bound = has_memory_nodes(domain) && domain.facts.memory_mode != "restrictive";
        if (bound && !emulator_reaches(domain, situation_, placement_, node))
            return "its emulatorpin shares no CPU with node " + std::to_string(node) +
                   ", and QEMU would not start with them";
        return claim.of_user ? "" : objection_to_mode(mode_of_qemu(domain), situation_.host);
    }

    Disruption disruption_of(const PageClaim &claim) const {
        const bool persisted = policy_.pool == Pool::off
                                   ? is_made_at_boot(situation_.host, claim.pool.page_kib)
                                   : policy_.pool != Pool::on_demand && situation_.policy.host.persist;
        return persisted || situation_.host.described ? Disruption::binding : Disruption::start_dependency;
    }

    void place(const PageClaim &claim) {
        const std::string &uuid = claim.domain->facts.uuid;
        if (situation_.host.described) {
            plan_.claims.emplace(uuid, claim);
            return;
        }
        if (policy_.pool == Pool::on_demand) return place_on_demand(claim);
        const std::uint64_t need = pages_of_others(claim.pool, &claim) + pages_of_claims(claim.pool) + claim.pages;
        const std::uint64_t size = size_for(claim.pool, need);
        std::string reason;
        if (need > size)
            reason = "the pool of node " + std::to_string(claim.pool.node) + " has " + std::to_string(size) +
                     " pages of " + page_text(claim.pool.page_kib) + ", and all who use it need " +
                     std::to_string(need);
        if (reason.empty()) reason = objection_to_size(claim.pool, size);
        if (!reason.empty()) return leave_out(*claim.domain, reason);
        plan_.claims.emplace(uuid, claim);
        if (claim.consented && policy_.pool != Pool::off) plan_.pools[claim.pool] = size;
    }

    /// The hook grows the pool when the guest starts, out of what is free then: here the node must be large enough.
    void place_on_demand(const PageClaim &claim) {
        const NodeMemory *memory = memory_of(claim.pool.node);
        const std::uint64_t bytes = claim.pages * claim.pool.page_kib * 1024;
        if (memory != nullptr && bytes + policy_.kept_of(memory->total) > memory->total)
            return leave_out(*claim.domain, gib_text(bytes) + " are asked for: node " +
                                                std::to_string(claim.pool.node) + " has " + gib_text(memory->total) +
                                                ", of which the host keeps " +
                                                gib_text(policy_.kept_of(memory->total)) + " (keep_free)");
        plan_.claims.emplace(claim.domain->facts.uuid, claim);
    }

    const NodeMemory *memory_of(unsigned node) const {
        const auto &all = situation_.host.node_memory;
        const auto found =
            std::find_if(all.begin(), all.end(), [&](const NodeMemory &one) { return one.node == node; });
        return found == all.end() ? nullptr : &*found;
    }

    bool is_placed(const DomainSituation &domain) const { return plan_.covers(domain.facts.uuid); }

    std::uint64_t pages_of_claims(const PoolName &pool) const {
        std::uint64_t pages = 0;
        for (const auto &[uuid, claim] : plan_.claims)
            if (claim.consented && claim.pool == pool) pages += claim.pages;
        return pages;
    }

    /// What others have in use, and what definitions of theirs that are off will want of the pool as it is without us.
    /// asking is the claim that is looked at, and no other's.
    std::uint64_t pages_of_others(const PoolName &name, const PageClaim *asking) const {
        const HugePagePool &pool = *fact(name);
        std::uint64_t used_by_ours = 0;
        std::uint64_t wanted = 0;
        for (const DomainSituation &domain : situation_.domains) {
            const bool ours = is_placed(domain) || (asking != nullptr && asking->domain == &domain);
            const std::uint64_t pages = domain.facts.memory / (name.page_kib * 1024);
            const auto &runs_on = domain.huge_pages_of;
            if (ours && runs_on && (runs_on->empty() || runs_on->contains(name.node))) used_by_ours += pages;
            const auto &nodes = domain.facts.memory_nodes;
            const bool may_use = domain.facts.backing.hugepages && (!nodes || nodes->contains(name.node)) &&
                                 page_kib_of(domain.facts, situation_.host) == name.page_kib;
            if (!ours && !domain.running && may_use) wanted += pages;
        }
        const std::uint64_t used = pool.in_use() - std::min(pool.in_use(), used_by_ours);
        return std::max(used, std::min(pool.total, used + wanted));
    }

    std::uint64_t size_for(const PoolName &name, std::uint64_t need) const {
        const std::uint64_t there = fact(name)->total;
        const auto planned = plan_.pools.find(name);
        switch (policy_.pool) {
            case Pool::reserve:
                return std::max(there, need);
            case Pool::fixed:
                return planned == plan_.pools.end() ? there : planned->second;
            case Pool::on_demand:
            case Pool::off:
                break;
        }
        return there;
    }

    void add_fixed_pools() {
        if (policy_.pool != Pool::fixed || !host_in_scope(situation_)) return;
        for (const HugePagePool &pool : situation_.host.pools) {
            if (pool.page_kib != policy_.page_kib) continue;
            const PoolName name{pool.node, pool.page_kib};
            const std::uint64_t size = std::max(pool.total, policy_.pages);
            const std::string reason = objection_to_size(name, size);
            if (reason.empty()) {
                plan_.pools[name] = size;
            } else {
                plan_.findings.push_back({text_of(pool_target(name)), "left as it is: " + reason});
            }
        }
    }

    /// Bytes of the node's pools as planned, but for one of them; and how many more than there are now.
    struct Taken {
        std::uint64_t bytes = 0;
        std::uint64_t more = 0;
    };
    Taken taken_beside(const PoolName &but) const {
        Taken taken;
        for (const HugePagePool &pool : situation_.host.pools) {
            const PoolName name{pool.node, pool.page_kib};
            if (pool.node != but.node || name == but) continue;
            const auto planned = plan_.pools.find(name);
            const std::uint64_t now = pool.total + pool.ours;
            const std::uint64_t then = planned == plan_.pools.end() ? now : planned->second;
            taken.bytes += then * pool.page_kib * 1024;
            taken.more += (then - std::min(then, now)) * pool.page_kib * 1024;
        }
        return taken;
    }

    /// Why a pool of so many pages has no room on its node. What it has already it may keep, as long as the node keeps
    /// what the policy says.
    std::string objection_to_size(const PoolName &name, std::uint64_t size) const {
        const HugePagePool &pool = *fact(name);
        if (size <= pool.total) return "";
        const NodeMemory *memory = memory_of(name.node);
        const std::string node = "node " + std::to_string(name.node);
        if (memory == nullptr) return "how much memory of " + node + " is free is not known";
        const std::uint64_t page = name.page_kib * 1024;
        const std::uint64_t kept = policy_.kept_of(memory->total);
        const Taken beside = taken_beside(name);
        const std::string asked = std::to_string(size) + " pages of " + page_text(name.page_kib) + " on " + node +
                                  " (" + gib_text(size * page) + ") are asked for: ";
        const std::string keeps = ", of which the host keeps " + gib_text(kept) + " (keep_free)";
        if (size * page + beside.bytes + kept > memory->total)
            return asked + "it has " + gib_text(memory->total) + keeps + ", and other pools " + gib_text(beside.bytes);
        const std::uint64_t more = (size - std::min(size, pool.total + pool.ours)) * page;
        const std::uint64_t needed = more + beside.more + kept;
        if (more == 0 || needed <= memory->free) return "";
        return asked + gib_text(memory->free) + " are free now" + keeps + "; " +
               gib_text(needed - memory->free + tenth_of_gib) +
               " more would do: stop guests that run on small pages there, or lower keep_free";
    }

    const Situation &situation_;
    const Placement &placement_;
    const HugePagePolicy &policy_;
    HugePagePlan plan_;
};

}  // namespace

bool HugePagePlan::covers(const std::string &uuid) const {
    const auto claim = claims.find(uuid);
    return claim != claims.end() && claim->second.consented;
}

HugePagePlan huge_page_plan(const Situation &situation, const Placement &placement) {
    return Planner(situation, placement).plan();
}

}  // namespace kvmtune::plan
