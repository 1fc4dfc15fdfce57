#include "daemon/cli/change_view.hpp"

#include <algorithm>

#include "daemon/cli/member.hpp"
#include "daemon/plan/target.hpp"

namespace kvmtune::cli {

namespace {

std::string padded(std::string text, std::size_t width) {
    if (text.size() < width) text.append(width - text.size(), ' ');
    return text;
}

}  // namespace

std::string unit_of(const Json &item) {
    const auto domain = text_at(item, "domain");
    return domain.empty() ? "host" : domain;
}

std::string target_name(const Json &item) {
    const auto text = text_at(item, "target");
    const auto target = plan::target_from(text);
    return target ? target->name : text;
}

std::string value_at(const Json &item, std::string_view name) {
    const auto *value = item.find(name);
    if (value == nullptr || value->text() == nullptr) return "-";
    const auto &text = *value->text();
    if (!text_at(item, "target").starts_with("file:")) return text;
    return counted(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')), "line");
}

std::string counted(std::size_t count, const std::string &noun) {
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string change_line(const Json &change, Detail detail, const Palette &palette) {
    auto line = "  " + padded(text_at(change, "layer"), 11) + padded(target_name(change), 44) + " " +
                value_at(change, "from") + " -> " + value_at(change, "to");
    const auto disruption = text_at(change, "disruption");
    if (disruption != "live") line += "  " + palette.notable("[" + disruption + "]");
    const auto because = text_at(change, "because");
    if (detail == Detail::reasons && !because.empty()) line += "  (" + because + ")";
    return line + "\n";
}

std::string pending_line(const Json &pending) {
    return "  " + padded(text_at(pending, "layer"), 11) + padded(target_name(pending), 44) + " " +
           value_at(pending, "value") + "  waits for " + text_at(pending, "waits_for") + "\n";
}

void Grouped::add(const std::string &heading, const std::string &line) {
    if (lines_.count(heading) == 0) order_.push_back(heading);
    lines_[heading] += line;
}

std::string Grouped::text() const {
    std::string out;
    for (const auto &heading : order_) out += palette_.heading(heading) + "\n" + lines_.at(heading);
    return out;
}

}  // namespace kvmtune::cli
