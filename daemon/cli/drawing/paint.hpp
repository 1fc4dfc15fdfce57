// What tells guests apart in a picture beside their letters: a colour, and a hatch where colours are used up.
#pragma once

#include <map>
#include <set>
#include <string>

namespace kvmtune::cli::drawing {

enum class Hatch { none, rising, falling, level, dotted };
inline constexpr unsigned hatches = 5;

struct Paint {
    std::string fill;  ///< "#rrggbb", light enough for black text
    Hatch hatch = Hatch::none;

    bool operator==(const Paint &) const = default;
    auto operator<=>(const Paint &) const = default;
};

/// A paint for each name. It follows from the name: only where two names ask for the same, one of them gets another.
/// As long as there are no more names than colours, no two have the same.
[[nodiscard]] std::map<std::string, Paint> paints_for(const std::set<std::string> &names);

/// A colour "#rrggbb" with as much white in it that it makes a ground for signs.
[[nodiscard]] std::string pale(const std::string &colour);

}  // namespace kvmtune::cli::drawing
