#include "daemon/policy/near.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>

namespace kvmtune::policy {

namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// Letters to add, drop, change or swap with their neighbour (optimal string alignment).
std::size_t slips(const std::string &from, const std::string &to) {
    std::vector<std::vector<std::size_t>> cost(from.size() + 1, std::vector<std::size_t>(to.size() + 1));
    for (std::size_t i = 0; i <= from.size(); ++i) cost[i][0] = i;
    for (std::size_t j = 0; j <= to.size(); ++j) cost[0][j] = j;
    for (std::size_t i = 1; i <= from.size(); ++i) {
        for (std::size_t j = 1; j <= to.size(); ++j) {
            const std::size_t change = from[i - 1] == to[j - 1] ? 0 : 1;
            cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + change});
            if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
    }
    return cost[from.size()][to.size()];
}

}  // namespace

std::string did_you_mean(const std::string &word, const std::vector<std::string> &known) {
    constexpr std::size_t most_slips = 2;
    std::string nearest;
    std::size_t least = most_slips + 1;
    for (const std::string &candidate : known) {
        const std::size_t longer = std::max(word.size(), candidate.size());
        const std::size_t shorter = std::min(word.size(), candidate.size());
        if (longer - shorter > most_slips) continue;
        const std::size_t slipped = slips(lower(word), lower(candidate));
        if (slipped < least && slipped <= (longer + 1) / 3) least = slipped, nearest = candidate;
    }
    return nearest.empty() ? "" : " (did you mean \"" + nearest + "\"?)";
}

}  // namespace kvmtune::policy
