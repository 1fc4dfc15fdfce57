// Homes for as many newcomers as possible, where taking one after the other leaves somebody out.
#pragma once

#include <map>
#include <vector>

#include "daemon/plan/placement/board.hpp"
#include "daemon/plan/placement/home.hpp"

namespace kvmtune::plan {

struct Newcomer {
    Board::Owner owner = 0;
    const SeatRequest *request = nullptr;
};

using Homes = std::map<Board::Owner, Home>;

/// Homes on the board for these guests: small ones first, each where the least room is left. Of a few guests, as many
/// as fit in any way, as long as not too many ways are to be looked at.
[[nodiscard]] Homes packed(const Board &board, const std::vector<Newcomer> &guests);

}  // namespace kvmtune::plan
