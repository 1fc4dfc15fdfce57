#include "daemon/plan/page_shares.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace kvmtune::plan {

PageShares weighted_shares(std::uint64_t pages, const std::map<unsigned, std::uint64_t> &weights) {
    std::uint64_t total = 0;
    for (const auto &[node, weight] : weights) total += weight;
    PageShares shares;
    for (const auto &[node, weight] : weights) {
        const std::uint64_t share = pages * weight / total + (pages * weight % total == 0 ? 0 : 1);
        if (share > 0) shares[node] = share;
        pages -= share;
        total -= weight;
    }
    return shares;
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
