#include "daemon/cli/verify_view.hpp"

#include <algorithm>
#include <vector>

#include "daemon/cli/change_view.hpp"
#include "daemon/cli/member.hpp"

namespace kvmtune::cli {

namespace {

std::string painted(const Palette &palette, const std::string &verdict, const std::string &line) {
    if (verdict == "differs") return palette.bad(line);
    return verdict == "ok" ? line : palette.notable(line);
}

}  // namespace

std::string table_of(const Json::Array &rows, const Palette &palette) {
    std::vector<std::vector<std::string>> cells = {{"WHERE", "LAYER", "TARGET", "WANTED", "FOUND", "VERDICT", ""}};
    for (const auto &row : rows)
        cells.push_back({unit_of(row), text_at(row, "layer"), target_name(row), value_at(row, "wanted"),
                         value_at(row, "found"), text_at(row, "verdict"), text_at(row, "remark")});
    std::vector<std::size_t> widths(cells.front().size(), 0);
    for (const auto &line : cells)
        for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
    std::string text;
    for (std::size_t at = 0; at < cells.size(); ++at) {
        const auto &line = cells[at];
        std::string out;
        for (std::size_t i = 0; i < line.size(); ++i) out += line[i] + std::string(widths[i] - line[i].size() + 2, ' ');
        out.erase(out.find_last_not_of(' ') + 1);
        text += (at == 0 ? palette.heading(out) : painted(palette, text_at(rows[at - 1], "verdict"), out)) + "\n";
    }
    return text;
}

}  // namespace kvmtune::cli
