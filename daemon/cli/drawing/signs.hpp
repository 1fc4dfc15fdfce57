// What the signs of a picture mean: for each kind of cell that is in it, one that shows it well.
#pragma once

#include <string>
#include <vector>

#include "daemon/cli/drawing/cell.hpp"

namespace kvmtune::cli::drawing {

struct Sign {
    unsigned cpu = 0;  ///< whose cell shows it
    std::string meaning;
};

/// Kind by kind, and one each for housekeeping CPUs that have guests and for what users pinned.
[[nodiscard]] std::vector<Sign> signs_in(const plan::Topology &topology, const Cells &cells);

/// Of marks that no cell of its own explains, a sentence each.
[[nodiscard]] std::vector<std::string> remarks_on(const plan::Topology &topology, const Cells &cells);

}  // namespace kvmtune::cli::drawing
