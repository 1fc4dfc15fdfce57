// The host as frames in frames: packages, NUMA nodes, last-level caches, cores, and in these a cell for each CPU.
#pragma once

#include <string>
#include <vector>

#include "daemon/cli/drawing/box.hpp"
#include "daemon/plan/facts.hpp"

namespace kvmtune::cli::drawing {

enum class Level { host, package, node, cache, core, cpu };

struct Frame {
    Level level = Level::host;
    Box box = {};
    std::string heading = {};  ///< of packages, nodes and caches; clipped where it is drawn
    std::string detail = {};   ///< a line below it, of nodes
    unsigned cpu = 0;          ///< of a cell: the kernel's number
    std::vector<Frame> inside = {};
};

inline constexpr Size cell_size = {54, 50};
inline constexpr int frame_padding = 7;  ///< between a frame with a heading and what is in it

/// The host at (0, 0), as wide as this at most if the widest cache of one core and the headings are not wider. A
/// package is a frame only where all CPUs of its nodes are its own: nodes go before packages.
[[nodiscard]] Frame host_frame(const plan::Topology &topology, int widest);

/// The frame with all that is in it elsewhere.
[[nodiscard]] Frame moved(Frame frame, int right, int down);

/// All frames of this level in it, itself among them, in the order in which they are drawn.
[[nodiscard]] std::vector<const Frame *> frames_of(Level level, const Frame &frame);

}  // namespace kvmtune::cli::drawing
