#include "daemon/cli/drawing/shelves.hpp"

#include <algorithm>
#include <cstddef>

namespace kvmtune::cli::drawing {

namespace {

/// How many things each row takes if each takes what fits.
std::vector<std::size_t> rows_of(const std::vector<Size> &sizes, int width, int gap) {
    std::vector<std::size_t> rows;
    int used = 0;
    for (const Size &size : sizes) {
        const bool fits = !rows.empty() && used + gap + size.width <= width;
        used = fits ? used + gap + size.width : size.width;
        if (fits) {
            ++rows.back();
        } else {
            rows.push_back(1);
        }
    }
    return rows;
}

/// The least width that needs no more rows.
int balanced(const std::vector<Size> &sizes, int width, int gap) {
    const auto rows = rows_of(sizes, width, gap).size();
    int least = 0;
    while (least < width) {
        const int middle = least + (width - least) / 2;
        if (rows_of(sizes, middle, gap).size() <= rows) {
            width = middle;
        } else {
            least = middle + 1;
        }
    }
    return width;
}

}  // namespace

Shelves shelved(const std::vector<Size> &sizes, int width, int gap) {
    Shelves shelves;
    auto next = sizes.begin();
    for (const std::size_t count : rows_of(sizes, balanced(sizes, width, gap), gap)) {
        const auto end = next + static_cast<std::ptrdiff_t>(count);
        const int y = shelves.size.height + (next == sizes.begin() ? 0 : gap);
        int x = 0;
        int height = 0;
        for (auto one = next; one != end; ++one) height = std::max(height, one->height);
        for (; next != end; ++next) {
            shelves.boxes.push_back({x, y, next->width, height});
            x += next->width + gap;
        }
        shelves.size = {std::max(shelves.size.width, x - gap), y + height};
    }
    return shelves;
}

}  // namespace kvmtune::cli::drawing
