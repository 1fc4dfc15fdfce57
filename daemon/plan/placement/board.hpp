// The host's CPUs while a placement is worked out: who sits on which, and whose each core is.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <vector>

#include "daemon/plan/facts.hpp"

namespace kvmtune::plan {

class Board {
  public:
    /// Whose a core is: a request, by its position, or one of the two below.
    using Owner = std::size_t;
    static constexpr Owner outsider = std::numeric_limits<Owner>::max();  ///< somebody whom we do not place
    static constexpr Owner pool = outsider - 1;                           ///< vhost workers that share CPUs

    Board(const Topology &topology, const CpuSet &housekeeping);

    [[nodiscard]] const std::vector<Node> &nodes() const { return topology_.nodes; }
    [[nodiscard]] const CpuSet &housekeeping() const { return housekeeping_; }
    [[nodiscard]] const CpuSet &cpus_of(unsigned node) const { return cpus_of_.at(node); }
    [[nodiscard]] std::uint64_t memory_left(unsigned node) const { return memory_left_.at(node); }

    /// CPUs that nobody sits on, on cores that are nobody else's; no housekeeping CPUs.
    [[nodiscard]] CpuSet free_for(Owner owner) const;
    /// CPUs of the pool, with or without workers of a guest.
    [[nodiscard]] const CpuSet &pool_cpus() const { return pool_cpus_; }
    /// The same, those that serve the fewest queues first.
    [[nodiscard]] std::vector<unsigned> pool_by_load() const;
    /// The set with all siblings of its CPUs.
    [[nodiscard]] CpuSet whole_cores(const CpuSet &cpus) const;
    /// CPUs in the order in which to take them, core by core: the owner's own cores, cores without a CPU of avoid, the
    /// pool's, cores with the most of these CPUs, ascending.
    [[nodiscard]] std::vector<unsigned> in_order(Owner owner, const CpuSet &cpus, const CpuSet &avoid) const;

    /// Seats somebody. A core of two owners is an outsider's from then on.
    void take(Owner owner, const CpuSet &cpus);
    /// Seats vhost workers: on the owner's own cores, elsewhere in the pool.
    void take_shared(Owner owner, const CpuSet &cpus, std::size_t queues);
    void take_memory(unsigned node, std::uint64_t bytes);

  private:
    [[nodiscard]] bool is_core_of(Owner owner, unsigned core) const;

    Topology topology_;
    CpuSet housekeeping_;
    std::map<unsigned, CpuSet> cpus_of_;    ///< by node
    std::map<unsigned, unsigned> core_of_;  ///< by CPU
    std::map<unsigned, CpuSet> cpus_of_core_;
    std::map<unsigned, std::uint64_t> memory_left_;  ///< by node
    std::map<unsigned, Owner> owners_;               ///< by core
    CpuSet taken_;
    CpuSet pool_cpus_;
    std::map<unsigned, std::size_t> pool_load_;  ///< queues, by CPU
};

}  // namespace kvmtune::plan
