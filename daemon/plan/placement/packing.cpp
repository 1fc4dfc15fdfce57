#include "daemon/plan/placement/packing.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace kvmtune::plan {

namespace {

/// Of more guests than these no way but the first is looked at, and of so many ways no more.
constexpr std::size_t most_to_search = 12;
constexpr unsigned most_ways = 2000;

/// The nodes where it may live, the fullest first.
std::vector<unsigned> fullest_first(const Board &board, const Newcomer &guest) {
    auto nodes = possible_nodes(board, guest.owner, *guest.request);
    std::stable_sort(nodes.begin(), nodes.end(),
                     [&](unsigned left, unsigned right) { return board.open_on(left) < board.open_on(right); });
    return nodes;
}

std::optional<Home> first_home(const Board &board, const Newcomer &guest) {
    for (const unsigned node : fullest_first(board, guest))
        if (auto home = new_home_on(node, board, guest.owner, *guest.request)) return home;
    return std::nullopt;
}

Homes one_after_the_other(Board board, const std::vector<Newcomer> &guests) {
    Homes homes;
    for (const Newcomer &guest : guests) {
        auto home = first_home(board, guest);
        if (!home) continue;
        move_in(board, guest.owner, *guest.request, *home);
        homes.emplace(guest.owner, *std::move(home));
    }
    return homes;
}

/// Tries each guest on each node, and without a home.
class Search {
  public:
    Search(const std::vector<Newcomer> &guests, Homes best) : guests_(guests), best_(std::move(best)) {}

    void from(const Board &board, std::size_t next = 0) {
        if (homes_.size() > best_.size()) best_ = homes_;
        const bool can_be_better = homes_.size() + (guests_.size() - next) > best_.size();
        if (next == guests_.size() || !can_be_better || ways_ == most_ways) return;
        ++ways_;
        const Newcomer &guest = guests_[next];
        for (const unsigned node : fullest_first(board, guest)) {
            auto home = new_home_on(node, board, guest.owner, *guest.request);
            if (!home) continue;
            Board then = board;
            move_in(then, guest.owner, *guest.request, *home);
            homes_.emplace(guest.owner, *std::move(home));
            from(then, next + 1);
            homes_.erase(guest.owner);
        }
        from(board, next + 1);
    }
    [[nodiscard]] Homes best() && { return std::move(best_); }

  private:
    const std::vector<Newcomer> &guests_;
    Homes homes_;
    Homes best_;
    unsigned ways_ = 0;
};

}  // namespace

Homes packed(const Board &board, const std::vector<Newcomer> &guests) {
    auto small_first = guests;
    std::stable_sort(small_first.begin(), small_first.end(), [](const Newcomer &left, const Newcomer &right) {
        return left.request->vcpus < right.request->vcpus;
    });
    auto homes = one_after_the_other(board, small_first);
    if (homes.size() == guests.size() || guests.size() > most_to_search) return homes;
    Search search(small_first, std::move(homes));
    search.from(board);
    return std::move(search).best();
}

}  // namespace kvmtune::plan
