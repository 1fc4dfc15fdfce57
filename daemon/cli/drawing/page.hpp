// Where everything in the host's picture is: its frames, and below them the legend. Who sits where matters here only by
// the length of what is to be written.
#pragma once

#include <string>
#include <vector>

#include "daemon/cli/drawing/cell.hpp"
#include "daemon/cli/drawing/frames.hpp"

namespace kvmtune::cli::drawing {

/// Text at a place: x and y are where its first letter stands on the line.
struct Line {
    int x = 0;
    int y = 0;
    std::string text;
};

/// A guest in the legend: its letter on its colour, its name, and below that its places.
struct GuestEntry {
    std::string guest;
    Box letter;
    Line name;
    std::vector<Line> places;
};

/// What a cell means, beside such a cell.
struct SignEntry {
    Box cell;
    unsigned cpu = 0;  ///< whose cell it is
    Line meaning;
};

struct Page {
    Size size;
    Line title, subtitle;
    Frame host;
    std::vector<Line> headings;  ///< of the parts of the legend
    std::vector<GuestEntry> guests;
    std::vector<SignEntry> signs;
    std::vector<Line> remarks;
};

/// The page, as near to the shape of a screen as the host allows.
[[nodiscard]] Page page_for(const plan::Topology &topology, const plan::Occupancy &occupancy, plan::When when);

}  // namespace kvmtune::cli::drawing
