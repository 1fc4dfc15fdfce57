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

    /// The node where it sits already, if it may stay there: that of its vCPUs' CPUs, or of the user's pins.
    [[nodiscard]] std::optional<unsigned> present_node(const SeatRequest &request) const;
    /// It lives on this node from now on.
    void join(unsigned node, const SeatRequest &request);
    /// It lives there already.
    void count(unsigned node, const SeatRequest &request) { vcpus_[node] += request.vcpus; }
    /// The node with its memory and the most CPUs for each vCPU that shares them; nullopt if there is none.
    [[nodiscard]] std::optional<unsigned> best_node(const SeatRequest &request) const;
    /// Leaves a core that this guest may use to those who share on the node, if one is free that is none of avoid.
    void keep_a_core(unsigned node, const SeatRequest &request, const CpuSet &avoid);

  private:
    /// What those who share have of a node, as far as this guest may use it.
    [[nodiscard]] CpuSet cpus_for(const SeatRequest &request, unsigned node) const;
    [[nodiscard]] bool may_live_on(unsigned node, const SeatRequest &request) const;

    Board &board_;
    std::map<unsigned, std::size_t> vcpus_;  ///< that share a node's CPUs
};

}  // namespace kvmtune::plan
