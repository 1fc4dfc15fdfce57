// The host's CPUs while a placement is worked out: who sits on which, and whose each core is. All questions that are
// asked for each guest of a host are answered without looking at each CPU.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <tuple>
#include <vector>

#include "daemon/plan/ledger.hpp"

namespace kvmtune::plan {

class Board {
  public:
    /// Whose a core is: a request, by its position, or one of those below.
    using Owner = std::size_t;
    static constexpr Owner outsider = std::numeric_limits<Owner>::max();  ///< somebody whom we do not place
    static constexpr Owner pool = outsider - 1;                           ///< vhost workers that share CPUs
    static constexpr Owner nobody = outsider - 2;
    static constexpr Owner sharers = outsider - 3;  ///< guests without CPUs of their own

    /// All CPUs are free but for those of housekeeping; what the ledger has taken is not yet taken. The topology must
    /// outlive it and its copies.
    Board(const Topology &topology, const CpuSet &housekeeping, const Ledger &ledger);

    [[nodiscard]] const std::vector<Node> &nodes() const { return topology_->nodes; }
    [[nodiscard]] const CpuSet &housekeeping() const { return housekeeping_; }
    [[nodiscard]] const CpuSet &cpus_of(unsigned node) const { return on_node_.at(node).cpus; }
    [[nodiscard]] CpuSet cpus_on(const CpuSet &nodes) const;  ///< of all these nodes
    [[nodiscard]] std::uint64_t memory_left(unsigned node) const { return on_node_.at(node).memory_left; }
    /// The CPUs of each kind of core, the fastest first.
    [[nodiscard]] const std::vector<CpuSet> &kinds() const { return kinds_; }
    /// The number of the last-level cache of a CPU of this host.
    [[nodiscard]] unsigned cache_of(unsigned cpu) const { return cores_[core_at_[cpu]].cache; }

    /// CPUs that nobody sits on, on cores that are nobody else's; no housekeeping CPUs.
    [[nodiscard]] CpuSet free_for(Owner owner) const;
    /// The same without those that the kernel does not balance: for sets of CPUs.
    [[nodiscard]] CpuSet balanced_for(Owner owner) const { return free_for(owner) - unbalanced_; }
    /// CPUs that only a thread may have which is pinned to one of them.
    [[nodiscard]] const CpuSet &unbalanced() const { return unbalanced_; }
    /// How many CPUs a node has on cores of nobody, and how many an owner has left on cores of its own: together at
    /// least as many as free_for() has on the node.
    [[nodiscard]] std::size_t open_on(unsigned node) const { return on_node_.at(node).open; }
    [[nodiscard]] std::size_t rest_of(Owner owner) const;
    /// CPUs of the pool, with or without workers of a guest.
    [[nodiscard]] const CpuSet &pool_cpus() const { return pool_cpus_; }
    /// The same, those that serve the fewest queues first.
    [[nodiscard]] std::vector<unsigned> pool_by_load() const;
    /// The CPUs of this host among these; none if they are all of them, which means "anywhere".
    [[nodiscard]] CpuSet claim_of(const CpuSet &cpus) const;
    /// The set with all siblings of its CPUs.
    [[nodiscard]] CpuSet whole_cores(const CpuSet &cpus) const;

    /// By number of a last-level cache: the lower, the better; one that is not there is the worst.
    using CacheRanks = std::map<unsigned, std::size_t>;
    /// CPUs in the order in which to take them, core by core: the owner's own cores, cores without a CPU of avoid,
    /// those of better caches, the pool's, cores with the most of these CPUs, ascending.
    [[nodiscard]] std::vector<unsigned> in_order(Owner owner, const CpuSet &cpus, const CpuSet &avoid,
                                                 const CacheRanks &caches) const;
    /// The first so many for vCPUs: those that no set of CPUs may have come before the others, and those with
    /// interrupts behind them; of cores that are equally good those that leave the least idle, as nobody else may sit
    /// on the rest of a core. There must be as many.
    [[nodiscard]] std::vector<unsigned> fitting(std::size_t number, Owner owner, const CpuSet &cpus,
                                                const CpuSet &avoid, const CacheRanks &caches) const;

    /// Keeps a core that is nobody's for somebody.
    void reserve(Owner owner, unsigned cpu);
    /// Seats somebody. A core of two owners is an outsider's from then on.
    void take(Owner owner, const CpuSet &cpus);
    /// Seats vhost workers: on the owner's own cores, elsewhere in the pool.
    void take_shared(Owner owner, const CpuSet &cpus, std::size_t queues);
    void take_memory(unsigned node, std::uint64_t bytes);

  private:
    struct Core {
        CpuSet cpus;
        unsigned node = 0;
        unsigned cache = 0;
        Owner owner = nobody;
    };
    struct OnNode {
        CpuSet cpus;
        std::uint64_t memory_left = 0;
        std::size_t open = 0;  ///< free CPUs on cores of nobody
    };
    static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

    [[nodiscard]] std::size_t core_at(unsigned cpu) const { return cpu < core_at_.size() ? core_at_[cpu] : none; }
    void give(Core &core, Owner owner);

    /// CPUs of one core among those that are asked about, and how good the core is: better ones are less.
    struct Part {
        std::tuple<bool, bool, unsigned, std::size_t, bool> rank;
        CpuSet cpus;
    };
    using Trouble = unsigned (Board::*)(const Core &) const;
    [[nodiscard]] std::vector<Part> parts_of(Owner owner, const CpuSet &cpus, const CpuSet &avoid,
                                             const CacheRanks &caches, Trouble trouble) const;
    [[nodiscard]] unsigned trouble_for_vcpus(const Core &core) const;
    [[nodiscard]] unsigned no_trouble(const Core &) const { return 0; }

    const Topology *topology_;
    CpuSet housekeeping_;
    CpuSet unbalanced_;
    CpuSet interrupted_;
    std::vector<CpuSet> kinds_;
    std::vector<Core> cores_;
    std::vector<std::size_t> core_at_;  ///< position in cores_, by CPU
    std::vector<OnNode> on_node_;       ///< by the node's number
    CpuSet open_;                       ///< free CPUs on cores of nobody
    std::map<Owner, CpuSet> rest_;      ///< free CPUs on cores of this owner
    CpuSet pool_cpus_;
    std::map<unsigned, std::size_t> pool_load_;  ///< queues, by CPU
};

}  // namespace kvmtune::plan
