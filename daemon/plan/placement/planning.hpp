// Which domains of a situation want seats, and what the user has decided for them already.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "daemon/plan/placement/placement.hpp"
#include "daemon/plan/situation.hpp"

namespace kvmtune::plan {

/// Who need not stay where he sits.
struct Freedom {
    bool seats = false;            ///< everybody may sit elsewhere; who runs, on the nodes that he is on
    std::set<std::string> memory;  ///< UUIDs of those that run and may take their memory to other nodes
};

/// Domains that want seats; those that get none keep what their definitions say, and nobody else may have that.
class Planning {
  public:
    /// The situation must outlive it.
    Planning(const Situation &situation, const Freedom &freedom);

    [[nodiscard]] Placement placement();
    [[nodiscard]] Quality quality(const Placement &placement) const;

  private:
    bool leave_out_seatless(const Placement &placement, std::vector<SeatRequest> &left_out);
    [[nodiscard]] CpuSet held(const SeatRequest &request) const;

    const Topology &topology_;
    CpuSet housekeeping_;
    Ledger ledger_;
    std::map<std::string, const DomainSituation *> domains_;  ///< by UUID
    std::vector<SeatRequest> all_;
    std::vector<SeatRequest> wanting_;  ///< those of all_ that have not been left out
};

}  // namespace kvmtune::plan
