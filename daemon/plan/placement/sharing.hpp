// Nodes for guests that share the CPUs which nobody has for himself.
#pragma once

#include <map>
#include <optional>

#include "daemon/plan/placement/board.hpp"
#include "daemon/plan/placement/placement.hpp"

namespace kvmtune::plan {

class Sharing {
  public:
    /// The board must outlive it.
    explicit Sharing(Board &board) : board_(board) {}

    /// The node where it sits already: that of its vCPUs' CPUs.
    [[nodiscard]] std::optional<unsigned> present_node(const SeatRequest &request) const;
    /// Leaves a core of the node to those who share, if one is free that is none of avoid.
    void keep_a_core(unsigned node, const CpuSet &avoid);
    /// A node with its memory: where it sits already, else with the most CPUs for each vCPU that shares them; nullopt
    /// if there is none. It moves in.
    [[nodiscard]] std::optional<unsigned> join(const SeatRequest &request);
    /// What those who share have of a node.
    [[nodiscard]] CpuSet cpus_of(unsigned node) const;

  private:
    [[nodiscard]] bool may_live_on(unsigned node, const SeatRequest &request) const;

    Board &board_;
    std::map<unsigned, std::size_t> vcpus_;  ///< that share a node's CPUs
};

}  // namespace kvmtune::plan
