#include "daemon/plan/page_shares.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace kvmtune::plan {

PageShares even_shares(std::uint64_t pages, const CpuSet &nodes) {
    PageShares room;
    for (const unsigned node : nodes) room[node] = pages;
    return shares_within(pages, room);
}

PageShares shares_within(std::uint64_t pages, const PageShares &room) {
    std::vector<std::pair<unsigned, std::uint64_t>> nodes(room.begin(), room.end());
    std::stable_sort(nodes.begin(), nodes.end(),
                     [](const auto &left, const auto &right) { return left.second < right.second; });
    PageShares shares;
    auto left = nodes.size();
    for (const auto &[node, most] : nodes) {
        const std::uint64_t share = std::min(most, pages / left + (pages % left == 0 ? 0 : 1));
        if (share > 0) shares[node] = share;
        pages -= share;
        --left;
    }
    return shares;
}

}  // namespace kvmtune::plan
