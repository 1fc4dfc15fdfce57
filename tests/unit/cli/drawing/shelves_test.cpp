#include "daemon/cli/drawing/shelves.hpp"

#include <doctest/doctest.h>

namespace drawing_shelves_test {

using namespace kvmtune::cli::drawing;

TEST_CASE("things are side by side as far as there is room, and then below") {
    const auto shelves = shelved({{30, 10}, {30, 20}, {30, 10}, {30, 10}}, 75, 5);
    CHECK(shelves.boxes == std::vector<Box>{{0, 0, 30, 20}, {35, 0, 30, 20}, {0, 25, 30, 10}, {35, 25, 30, 10}});
    CHECK(shelves.size == Size{65, 35});
}

TEST_CASE("rows are about equally long") {
    const auto shelves = shelved(std::vector<Size>(6, {10, 10}), 54, 1);  // five would fit
    CHECK(shelves.boxes[2].y == 0);
    CHECK(shelves.boxes[3].y == 11);
    CHECK(shelves.size.width == 32);
}

TEST_CASE("what is wider than the room has a row of its own, and nothing takes none") {
    const auto shelves = shelved({{10, 10}, {90, 10}, {10, 10}}, 50, 5);
    CHECK(shelves.boxes == std::vector<Box>{{0, 0, 10, 10}, {0, 15, 90, 10}, {0, 30, 10, 10}});
    CHECK(shelved({}, 50, 5).size == Size{0, 0});
}

}  // namespace drawing_shelves_test
