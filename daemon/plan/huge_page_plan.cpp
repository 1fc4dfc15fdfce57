#include "daemon/plan/huge_page_plan.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "daemon/plan/guest_cells.hpp"
#include "daemon/plan/guest_pages.hpp"
#include "daemon/plan/left_alone.hpp"
#include "daemon/plan/memory_home.hpp"
#include "daemon/plan/page_supply.hpp"

namespace kvmtune::plan {

namespace {

using Pool = HugePagePolicy::Pool;

constexpr std::uint64_t one_gib_in_kib = 1u << 20;

std::uint64_t page_kib_of(const DomainFacts &facts, const HostFacts &host) {
    return facts.backing.page_kib.value_or(host.default_page_kib);
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

/// A claim that may be made, or why not.
struct Attempt {
    PageClaim claim;
    std::string why_not;
};

/// Why a domain gets no pages of these sizes.
std::string reason_by_size(const std::vector<Attempt> &failed) {
    std::string text;
    for (const Attempt &one : failed)
        text += (text.empty() ? "" : "; ") + ("of " + page_text(one.claim.page_kib)) + ": " + one.why_not;
    return text;
}

/// The same where it gets none at all; what holds for all sizes is said once.
std::string reason_of(const std::vector<Attempt> &failed) {
    const auto same = [&](const Attempt &one) { return one.why_not == failed.front().why_not; };
    return std::all_of(failed.begin(), failed.end(), same) ? failed.front().why_not : reason_by_size(failed);
}

class Planner {
  public:
    Planner(const Situation &situation, const Placement &placement)
        : situation_(situation), placement_(placement), policy_(situation.policy.host.hugepages), supply_(situation) {}

    HugePagePlan plan() && {
        add_fixed_pools();
        std::vector<const DomainSituation *> asking;
        for (const DomainSituation &domain : situation_.domains)
            if (asks(domain)) asking.push_back(&domain);
        std::stable_sort(asking.begin(), asking.end(),
                         [](const auto *left, const auto *right) { return rank(*left) < rank(*right); });
        for (const DomainSituation *const domain : asking) place(*domain);
        tell_of_small_pages();
        return std::move(plan_);
    }

  private:
    bool asks(const DomainSituation &domain) const {
        if (!rewritable(domain) || !wants(domain, "hugepages") || !domain.policy->hugepages) return false;
        if (situation_.host_only && !domain.present.huge_pages && !domain.facts.backing.hugepages) return false;
        return policy_.pool != Pool::off || !domain.facts.backing.hugepages;
    }

    /// Whoever has pages, above all while it runs on them, comes before those that are new.
    static int rank(const DomainSituation &domain) {
        if (domain.facts.backing.hugepages) return 0;
        if (!domain.present.huge_pages) return 3;
        return domain.running && domain.huge_pages_of ? 1 : 2;
    }

    /// A domain tries the policy's sizes one after the other, but first the one that it has.
    std::vector<std::uint64_t> sizes_for(const DomainSituation &domain) const {
        if (domain.facts.backing.hugepages) return {page_kib_of(domain.facts, situation_.host)};
        std::vector<std::uint64_t> sizes = policy_.page_kib;
        const bool keeps = domain.present.huge_pages && (domain.running || !situation_.rebalance);
        const auto present =
            std::find(sizes.begin(), sizes.end(), domain.present.page_kib.value_or(situation_.host.default_page_kib));
        if (keeps && present != sizes.end()) std::rotate(sizes.begin(), present, present + 1);
        return sizes;
    }

    void place(const DomainSituation &domain) {
        std::vector<Attempt> failed;
        std::optional<PageClaim> without_consent;
        for (const std::uint64_t page_kib : sizes_for(domain)) {
            Attempt attempt = attempt_with(domain, page_kib);
            if (!attempt.why_not.empty()) {
                failed.push_back(std::move(attempt));
                continue;
            }
            if (!failed.empty()) attempt.claim.instead_of = reason_by_size(failed);
            if (attempt.claim.consented) return admit(std::move(attempt.claim));
            if (!without_consent) without_consent = std::move(attempt.claim);
        }
        if (without_consent) return admit(*std::move(without_consent));
        leave_out(domain, reason_of(failed));
    }

    void leave_out(const DomainSituation &domain, const std::string &reason) {
        const bool of_user = domain.facts.backing.hugepages;
        const std::string &transparent = situation_.host.transparent_pages;
        const std::string &source = domain.facts.backing.source;
        const bool anonymous = source.empty() || source == "anonymous";
        const bool helped = !of_user && anonymous && !transparent.empty() && transparent != "never";
        plan_.findings.push_back(
            {domain.facts.name, (of_user ? "no pool for its own huge pages: " : "its memory gets no huge pages: ") +
                                    reason + (helped ? "; transparent ones serve it (" + transparent + ")" : "")});
        if (!of_user) left_out_ += (left_out_.empty() ? "" : ", ") + domain.facts.name;
    }

    void tell_of_small_pages() {
        if (left_out_.empty() || situation_.host.transparent_pages != "never") return;
        plan_.findings.push_back(
            {"transparent huge pages", "they are switched off, so the memory of " + left_out_ +
                                           " is of the smallest pages: `echo madvise "
                                           ">/sys/kernel/mm/transparent_hugepage/enabled` gives QEMU larger ones, "
                                           "`transparent_hugepage=madvise` on the kernel's command line at boot"});
    }

    Attempt attempt_with(const DomainSituation &domain, std::uint64_t page_kib) const {
        Attempt attempt;
        PageClaim &claim = attempt.claim;
        claim.domain = &domain;
        claim.of_user = domain.facts.backing.hugepages;
        claim.page_kib = page_kib;
        const MemoryHome home = memory_home(domain, situation_, placement_);
        attempt.why_not = objection(claim);
        if (attempt.why_not.empty()) attempt.why_not = home.why_not;
        if (!attempt.why_not.empty()) return attempt;
        claim.disruption = disruption_of(claim);
        claim.consented = claim.of_user || allows(domain, claim.disruption);
        const MirroredCells cells = mirrored_cells(domain, situation_, placement_);
        attempt.why_not = objection_to_nodes(claim, home.nodes, cells);
        if (attempt.why_not.empty()) attempt.why_not = objection_to_cells(claim, cells);
        if (!attempt.why_not.empty()) return attempt;
        attempt.why_not = cells.are_shown() ? follow(claim, cells) : divide(claim, home);
        return attempt;
    }

    /// Gives the claim the pages of its guest's cells, each on its node. Why there is no room for them.
    std::string follow(PageClaim &claim, const MirroredCells &cells) const {
        for (const auto &[node, bytes] : cells.bytes()) claim.pages[node] = whole_pages(bytes, claim.page_kib);
        return objection_to_room(claim);
    }

    /// Gives the claim its pages on the nodes of its home. Why there is no room for them; empty if there is.
    std::string divide(PageClaim &claim, const MemoryHome &home) const {
        const CpuSet &nodes = home.nodes;
        const std::uint64_t pages = pages_of_guest(claim.domain->facts, claim.page_kib);
        claim.pages = weighted_shares(pages, home.weight);
        const std::string objection = objection_to_room(claim);
        if (objection.empty() || nodes.size() == 1) return objection;
        PageShares room;
        for (const unsigned node : nodes) room[node] = room_for(claim, node, pages);
        claim.pages = shares_within(pages, room);
        std::uint64_t found = 0;
        for (const auto &[node, share] : claim.pages) found += share;
        if (found == pages) return "";
        return nodes_text(nodes) + " together have room for " + std::to_string(found) + " of " + std::to_string(pages) +
               " pages of " + page_text(claim.page_kib) + "; for its share alone, " + objection;
    }

    /// How many of so many pages of a claim this node has room for.
    std::uint64_t room_for(const PageClaim &claim, unsigned node, std::uint64_t pages) const {
        PageClaim part = claim;
        std::uint64_t fits = 0;
        for (std::uint64_t too_many = pages + 1; too_many - fits > 1;) {
            const std::uint64_t middle = fits + (too_many - fits) / 2;
            part.pages = {{node, middle}};
            (objection_to_room(part).empty() ? fits : too_many) = middle;
        }
        return fits;
    }

    /// Why this definition has no huge pages of this size.
    std::string objection(const PageClaim &claim) const {
        const DomainFacts &facts = claim.domain->facts;
        if (facts.backing.pages_by_node) return "it has page sizes for its cells one by one";
        if (!claim.of_user)
            if (const auto reason = reason_to_keep_backing(facts)) return *reason;
        const std::string size = page_text(claim.page_kib);
        if (facts.memory == 0) return "how much memory it has is not known";
        if (!claim.of_user && !is_of_whole_pages(facts, claim.page_kib)) return "its memory is no multiple of " + size;
        const auto &mounted = situation_.host.hugetlbfs_pages;
        if (mounted && mounted->count(claim.page_kib) == 0)
            return "no hugetlbfs with pages of " + size + " is mounted, which libvirt needs";
        return "";
    }

    std::string objection_to_nodes(const PageClaim &claim, const CpuSet &nodes, const MirroredCells &cells) const {
        const DomainSituation &domain = *claim.domain;
        for (const unsigned node : nodes)
            if (std::string reason = objection_to_node(claim, node); !reason.empty()) return reason;
        const bool bound = has_memory_nodes(domain) && domain.facts.memory_mode != "restrictive";
        if (bound && !emulator_reaches(domain, situation_, placement_, nodes))
            return "its emulatorpin shares no CPU with " + nodes_text(nodes) + ", and QEMU would not start with them";
        const std::string mode = cells.are_shown() ? "strict" : mode_of_qemu(domain);  // QEMU binds each cell itself
        return claim.of_user ? "" : objection_to_mode(mode, situation_.host);
    }

    std::string objection_to_node(const PageClaim &claim, unsigned node) const {
        const NodeMemory *const memory = supply_.memory_of(node);
        const std::string number = std::to_string(node);
        if (!situation_.host.described && memory != nullptr && memory->total == 0)
            return "node " + number + " has no memory; nodes that have: " + supply_.nodes_with_memory();
        if (!situation_.host.described && supply_.pool({node, claim.page_kib}) == nullptr)
            return "this host has no huge pages of " + page_text(claim.page_kib) + " on node " + number;
        return "";
    }

    /// Cells that it was shown when other pages were preferred may be of other sizes.
    static std::string objection_to_cells(const PageClaim &claim, const MirroredCells &cells) {
        const auto is_whole = [&](const GuestCell &cell) { return cell.memory % (claim.page_kib * 1024) == 0; };
        if (!cells.are_shown() || std::all_of(cells.cells.begin(), cells.cells.end(), is_whole)) return "";
        return "the memory of its NUMA cells is no multiple of " + page_text(claim.page_kib);
    }

    Disruption disruption_of(const PageClaim &claim) const {
        const bool persisted = policy_.pool == Pool::off
                                   ? is_made_at_boot(situation_.host, claim.page_kib)
                                   : policy_.pool != Pool::on_demand && situation_.policy.host.persist;
        return persisted || situation_.host.described ? Disruption::binding : Disruption::start_dependency;
    }

    std::string objection_to_room(const PageClaim &claim) const {
        if (situation_.host.described) return "";
        for (const PoolName &pool : claim.pools()) {
            std::string reason =
                policy_.pool == Pool::on_demand ? objection_to_lending(claim, pool) : objection_to_size(claim, pool);
            if (!reason.empty()) return reason;
        }
        return "";
    }

    std::string objection_to_size(const PageClaim &claim, const PoolName &pool) const {
        const std::uint64_t need = need_with(claim, pool);
        const std::uint64_t size = size_for(pool, need);
        if (need > size) return too_small(pool, size, need);
        return supply_.objection_to(pool, size, plan_.pools);
    }

    /// The hook grows the pool when the guest starts. By then memory is in pieces: a page of 1 GiB hardly comes of it,
    /// and where the policy has smaller ones it is not counted upon.
    std::string objection_to_lending(const PageClaim &claim, const PoolName &pool) const {
        const bool may_be_smaller = !claim.of_user && pool.page_kib != policy_.page_kib.back();
        const std::uint64_t need = need_with(claim, pool);
        const std::uint64_t there = supply_.pool(pool)->total;
        if (pool.page_kib < one_gib_in_kib || !may_be_smaller || need <= there)
            return supply_.objection_to_lending(pool, claim.pages_of(pool));
        return too_small(pool, there, need) + ": the kernel hardly makes more of them when a guest starts, but " +
               supply_.boot_arguments(pool, need) + " does at boot";
    }

    std::string too_small(const PoolName &pool, std::uint64_t size, std::uint64_t need) const {
        return "the pool of node " + std::to_string(pool.node) + " has " + std::to_string(size) + " pages of " +
               page_text(pool.page_kib) + ", and all who use it need " + std::to_string(need);
    }

    void admit(PageClaim claim) {
        const bool of_ours = policy_.pool == Pool::reserve || policy_.pool == Pool::fixed;
        if (claim.consented && of_ours && !situation_.host.described)
            for (const PoolName &pool : claim.pools()) plan_.pools[pool] = size_for(pool, need_with(claim, pool));
        plan_.claims.emplace(claim.domain->facts.uuid, std::move(claim));
    }

    /// Pages of the pool with which all would be served, whoever asks now among them.
    std::uint64_t need_with(const PageClaim &asking, const PoolName &pool) const {
        return pages_of_others(asking, pool) + pages_of_claims(pool) + asking.pages_of(pool);
    }

    std::uint64_t pages_of_claims(const PoolName &pool) const {
        std::uint64_t pages = 0;
        for (const auto &[uuid, claim] : plan_.claims)
            if (claim.consented) pages += claim.pages_of(pool);
        return pages;
    }

    bool runs_on(const DomainSituation &domain, const PoolName &pool) const {
        const auto &nodes = domain.huge_pages_of;
        if (!nodes || domain.runs_on_page_kib.value_or(situation_.host.default_page_kib) != pool.page_kib) return false;
        return nodes->empty() || nodes->contains(pool.node);
    }

    bool may_use(const DomainSituation &domain, const PoolName &pool) const {
        const auto nodes = nodes_of_pages(domain.facts);
        return domain.facts.backing.hugepages && (!nodes || nodes->contains(pool.node)) &&
               page_kib_of(domain.facts, situation_.host) == pool.page_kib;
    }

    /// What a guest that runs on pages of a pool is taken to have of it. The kernel tells of which nodes it has some,
    /// not how many: of several, what it claims of each, or as much of each if it is not to stay there.
    static std::uint64_t taken_by(const PageClaim &claim, const PoolName &pool) {
        if (claim.pages.size() > 1) return claim.pages_of(pool);
        const std::uint64_t nodes = claim.domain->huge_pages_of.value_or(CpuSet{}).size();
        return pages_of_guest(claim.domain->facts, pool.page_kib) / std::max<std::uint64_t>(nodes, 1);
    }

    /// What others have in use of the pool that is asked for, and what definitions of theirs that are off will want of
    /// it as it is without us.
    std::uint64_t pages_of_others(const PageClaim &asking, const PoolName &name) const {
        const HugePagePool &pool = *supply_.pool(name);
        std::uint64_t used_by_ours = 0;
        std::uint64_t wanted = 0;
        for (const DomainSituation &domain : situation_.domains) {
            const bool asks = asking.domain == &domain;
            const bool ours = asks || plan_.covers(domain.facts.uuid);
            if (ours && runs_on(domain, name))
                used_by_ours += taken_by(asks ? asking : plan_.claims.at(domain.facts.uuid), name);
            if (!ours && !domain.running && may_use(domain, name))
                wanted += pages_of_guest(domain.facts, name.page_kib);
        }
        const std::uint64_t used = pool.in_use() - std::min(pool.in_use(), used_by_ours);
        return std::max(used, std::min(pool.total, used + wanted));
    }

    std::uint64_t size_for(const PoolName &name, std::uint64_t need) const {
        const std::uint64_t there = supply_.pool(name)->total;
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
        for (const HugePagePool &pool : situation_.host.pools)
            if (pool.page_kib == policy_.page_kib.front()) add_fixed_pool(pool);
    }

    /// As many as the kernel gives, where that is fewer.
    void add_fixed_pool(const HugePagePool &pool) {
        const PoolName name{pool.node, pool.page_kib};
        const std::string about = text_of(pool_target(name));
        std::uint64_t size = std::max(pool.total, policy_.pages);
        if (const std::string refused = supply_.refusal_of(name, size); !refused.empty()) {
            plan_.findings.push_back({about, refused});
            size = std::max(pool.total, pool.limit->granted);
        }
        const std::string reason = supply_.objection_to(name, size, plan_.pools);
        if (reason.empty()) {
            plan_.pools[name] = size;
        } else {
            plan_.findings.push_back({about, "left as it is: " + reason});
        }
    }

    const Situation &situation_;
    const Placement &placement_;
    const HugePagePolicy &policy_;
    const PageSupply supply_;
    HugePagePlan plan_;
    std::string left_out_;  ///< names of those whose memory gets no huge pages
};

}  // namespace

std::vector<PoolName> PageClaim::pools() const {
    std::vector<PoolName> pools;
    for (const auto &[node, share] : pages) pools.push_back({node, page_kib});
    return pools;
}

std::uint64_t PageClaim::pages_of(const PoolName &pool) const {
    const auto share = pages.find(pool.node);
    return pool.page_kib != page_kib || share == pages.end() ? 0 : share->second;
}

bool HugePagePlan::covers(const std::string &uuid) const {
    const auto claim = claims.find(uuid);
    return claim != claims.end() && claim->second.consented;
}

std::vector<Target> HugePagePlan::targets_for(const PageClaim &claim) const {
    std::vector<Target> targets;
    for (const PoolName &pool : claim.pools())
        if (pools.count(pool) != 0) targets.push_back(pool_target(pool));
    return targets;
}

HugePagePlan huge_page_plan(const Situation &situation, const Placement &placement) {
    return Planner(situation, placement).plan();
}

}  // namespace kvmtune::plan
