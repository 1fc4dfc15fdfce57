// What is said of guests that get no seat: what each asked for, what is there, and what would do.
#pragma once

#include <optional>
#include <string>

#include "daemon/plan/placement/placement.hpp"

namespace kvmtune::plan {

class Shortages {
  public:
    /// On a host with so much left, which must outlive it. A full host may have hundreds of such guests: what is the
    /// same for all of them is put into words once.
    Shortages(const Placement &placement, const CpuSet &housekeeping);

    [[nodiscard]] Finding of(const SeatRequest &request) const;

  private:
    /// What nodes have left.
    struct Left {
        std::string text;  ///< with what becomes of the guest
        std::size_t cpus = 0;
    };
    [[nodiscard]] Left on(const std::optional<CpuSet> &nodes) const;
    [[nodiscard]] static std::string remedy(const SeatRequest &request, const Left &left);

    const Placement &placement_;
    Left everywhere_;
    std::string beside_;  ///< beside what there is no room
};

}  // namespace kvmtune::plan
