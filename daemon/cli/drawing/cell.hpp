// What a CPU's cell says: who has it most of all, and in few words who else is there.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/plan/occupancy.hpp"

namespace kvmtune::cli::drawing {

struct Cell {
    /// vcpu: the only place of that vCPU. pool: one of several of all vCPUs that are there, of guests that share.
    /// crowded: guests in each other's way, a vCPU and what another guest has there. withheld: no guest gets it.
    enum class Kind { vcpu, pool, vhost, iothread, emulator, housekeeping, crowded, withheld, free };

    Kind kind = Kind::free;
    std::vector<std::string> guests;  ///< whose it is in this way, by name
    std::string label;                ///< "vCPU 3", "vhost", ...
    std::string besides;  ///< "h1 e6": workers of one guest and emulators of six are there too; none if crowded
    bool housekeeping = false;
    std::string withheld_by;        ///< whose it is, where no guest gets it
    bool pinned_by_user = false;    ///< one of these guests is there by its definition
    std::vector<std::string> uses;  ///< all that is there, a line each
};

class Cells {
  public:
    explicit Cells(const plan::Occupancy &occupancy);

    [[nodiscard]] Cell of(unsigned cpu) const;

  private:
    [[nodiscard]] std::string owner_of(unsigned cpu) const;
    [[nodiscard]] bool roams(const plan::Use &use) const;
    [[nodiscard]] Cell::Kind kind_of(unsigned cpu, const std::vector<plan::Use> &uses) const;

    const plan::Occupancy &occupancy_;
    std::set<std::pair<std::string, unsigned>> roaming_;  ///< vCPUs with several CPUs, by guest and number
};

}  // namespace kvmtune::cli::drawing
