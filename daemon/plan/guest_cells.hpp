// The NUMA cells of a guest on several of the host's nodes: one a node, with the vCPUs that sit there and as much of
// the memory. Without them the guest takes all of its memory to be alike near. It finds another machine with them, so
// that they are shown only where the section allows guest-abi; and cells that it was shown once stay, wherever it sits
// later.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "daemon/plan/facts.hpp"
#include "daemon/plan/placement/placement.hpp"
#include "daemon/plan/situation.hpp"

namespace kvmtune::plan {

struct MirroredCells {
    std::vector<GuestCell> cells;  ///< by id; none: the guest gets no cells from us
    std::vector<CpuSet> nodes;     ///< of each cell, where its vCPUs sit: one, or more once it has moved
    std::string why_not;           ///< why a guest on several nodes has none, where its section asks for them
    bool allowed = false;          ///< its section lets it be done

    [[nodiscard]] bool are_shown() const { return allowed && !cells.empty(); }
    /// All the nodes of its cells, and how many bytes of its memory are on each.
    [[nodiscard]] std::map<unsigned, std::uint64_t> bytes() const;
};

/// The cells of a domain on its seat.
[[nodiscard]] MirroredCells mirrored_cells(const DomainSituation &domain, const Situation &situation,
                                           const Placement &placement);

/// "0-5:4194304 6-11:4194304": the vCPUs and KiB of each cell, as the element target cpu/numa has them.
[[nodiscard]] std::string text_of(const std::vector<GuestCell> &cells);

/// The reverse; none for another text.
[[nodiscard]] std::vector<GuestCell> cells_from(const std::string &text);

}  // namespace kvmtune::plan
