// Guests' letters on their colours, and whole cells of CPUs, stamped wherever they are wanted.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/cli/drawing/cell.hpp"
#include "daemon/cli/drawing/paint.hpp"
#include "daemon/cli/drawing/svg.hpp"
#include "daemon/cli/seated.hpp"

namespace kvmtune::cli::drawing {

inline constexpr const char *ink = "#1b1f24";
inline constexpr const char *pale_ink = "#57606a";

class Stamps {
  public:
    Stamps(const plan::Topology &topology, const plan::Occupancy &occupancy);

    [[nodiscard]] const SeatedGuests &guests() const { return guests_; }

    /// Hatches that stamps refer to: once in a picture, before them.
    static void prepare(Svg &svg);
    /// The letter of a guest that sits somewhere.
    void letter(Svg &svg, const Box &box, const std::string &guest) const;
    /// The cell of a CPU of the host.
    void cell(Svg &svg, const Box &box, unsigned cpu) const;

  private:
    void fill(Svg &svg, const Box &box, const Box &hatched, const std::string &guest) const;
    void letters(Svg &svg, const Box &room, const std::vector<std::string> &guests) const;
    void ground(Svg &svg, const Box &box, const Cell &cell) const;
    static void corner(Svg &svg, const Box &box, unsigned cpu, const Cell &cell);
    [[nodiscard]] std::string ground_of(const Cell &cell) const;
    [[nodiscard]] std::string title_of(unsigned cpu, const Cell &cell) const;

    SeatedGuests guests_;
    std::map<std::string, Paint> paints_;
    std::map<unsigned, plan::Cpu> cpus_;
    Cells cells_;
};

}  // namespace kvmtune::cli::drawing
