// Things side by side in rows.
#pragma once

#include <vector>

#include "daemon/cli/drawing/box.hpp"

namespace kvmtune::cli::drawing {

struct Shelves {
    std::vector<Box> boxes;  ///< one for each thing, from (0, 0) on; in a row all are as high as the row
    Size size;
};

/// Things of these sizes in their order, in as few rows as the width allows, and these about equally long. One that is
/// wider than that has a row of its own.
[[nodiscard]] Shelves shelved(const std::vector<Size> &sizes, int width, int gap);

}  // namespace kvmtune::cli::drawing
