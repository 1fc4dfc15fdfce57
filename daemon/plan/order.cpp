#include "daemon/plan/order.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

namespace kvmtune::plan {

std::vector<Change> in_order(std::vector<Change> changes) {
    std::map<Target, std::size_t> places;
    for (std::size_t i = 0; i < changes.size(); ++i) places[changes[i].target] = i;

    // An edge from a change to those that must come before it.
    std::vector<std::vector<std::size_t>> before(changes.size());
    for (std::size_t i = 0; i < changes.size(); ++i) {
        for (const auto &required : changes[i].requires_first) {
            const auto at = places.find(required);
            if (at != places.end()) before[i].push_back(at->second);
        }
    }

    std::vector<Change> ordered;
    std::vector<bool> visited(changes.size(), false);
    const std::function<void(std::size_t)> visit = [&](std::size_t i) {
        if (visited[i]) return;
        visited[i] = true;
        for (const auto earlier : before[i]) visit(earlier);
        ordered.push_back(std::move(changes[i]));
    };
    for (std::size_t i = 0; i < changes.size(); ++i) visit(i);
    return ordered;
}

}  // namespace kvmtune::plan
