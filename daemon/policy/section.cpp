#include "daemon/policy/section.hpp"

#include <algorithm>
#include <tuple>

#include "daemon/policy/near.hpp"

namespace kvmtune::policy {

Table Reading::members(const std::string &path, const Node &section, const std::vector<std::string> &known) {
    if (section.table() == nullptr) {
        mistake(section.at, path + ": must be a table, not " + section.kind());
        return {};
    }
    Table read;
    for (const auto &[key, node] : *section.table()) {
        if (std::count(known.begin(), known.end(), key) != 0) {
            read.emplace_back(key, node);
        } else {
            const std::string full = path.empty() ? key : path + "." + key;
            mistake(node.at, full + ": unknown key" + did_you_mean(key, known));
        }
    }
    return read;
}

std::vector<Mistake> Reading::mistakes() && {
    std::stable_sort(mistakes_.begin(), mistakes_.end(), [](const Mistake &left, const Mistake &right) {
        return std::tie(left.line, left.column) < std::tie(right.line, right.column);
    });
    return std::move(mistakes_);
}

}  // namespace kvmtune::policy
