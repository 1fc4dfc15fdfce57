// Places in a picture, in pixels; y grows downwards.
#pragma once

namespace kvmtune::cli::drawing {

struct Size {
    int width = 0;
    int height = 0;

    bool operator==(const Size &) const = default;
};

struct Box {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;

    [[nodiscard]] int right() const { return x + width; }
    [[nodiscard]] int bottom() const { return y + height; }
    [[nodiscard]] bool contains(const Box &other) const {
        return x <= other.x && y <= other.y && other.right() <= right() && other.bottom() <= bottom();
    }
    [[nodiscard]] bool overlaps(const Box &other) const {
        return x < other.right() && other.x < right() && y < other.bottom() && other.y < bottom();
    }
    bool operator==(const Box &) const = default;
};

}  // namespace kvmtune::cli::drawing
