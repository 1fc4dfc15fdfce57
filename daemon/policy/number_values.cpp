// Values that are numbers, or a word in place of a number.
#include <algorithm>
#include <charconv>
#include <limits>

#include "daemon/policy/words.hpp"

namespace kvmtune::policy {

namespace {

/// "auto" (nullopt), or an integer that fits; what it must be instead is said in words.
template <class Fits>
Read<std::optional<unsigned>> number_or_auto(const Node &node, const std::string &numbers, Fits fits) {
    const std::string wanted = "must be \"auto\" or " + numbers + ", not ";
    if (const auto *text = node.text())
        return *text == "auto" ? Read<std::optional<unsigned>>(std::nullopt) : wrong(node, wanted + quoted(*text));
    if (node.integer() == nullptr) return wrong(node, wanted + node.kind());
    if (!fits(*node.integer())) return wrong(node, wanted + std::to_string(*node.integer()));
    return static_cast<unsigned>(*node.integer());
}

Read<std::optional<unsigned>> within_or_auto(const Node &node, std::int64_t least, std::int64_t most) {
    return number_or_auto(node, std::to_string(least) + " to " + std::to_string(most),
                          [&](std::int64_t number) { return number >= least && number <= most; });
}

/// A whole number at the start of a text and what comes behind it; nothing if there is none or it is too large.
std::optional<std::pair<std::uint64_t, std::string>> number_and_unit(const std::string &text) {
    constexpr std::size_t most_digits = 15;
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0 || digits > most_digits) return std::nullopt;
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + digits, number);
    return std::pair(number, text.substr(digits));
}

std::optional<std::uint64_t> bytes_of(std::uint64_t number, const std::string &unit) {
    constexpr std::pair<const char *, unsigned> units[] = {{"KiB", 10}, {"MiB", 20}, {"GiB", 30}, {"TiB", 40}};
    for (const auto &[name, shift] : units) {
        if (unit != name) continue;
        if (number > std::numeric_limits<std::uint64_t>::max() >> shift) return std::nullopt;
        return number << shift;
    }
    return std::nullopt;
}

}  // namespace

Read<std::optional<unsigned>> count(const Node &node) {
    constexpr std::int64_t largest_count = 256;
    return within_or_auto(node, 1, largest_count);
}

Read<std::optional<unsigned>> rx_queue_size(const Node &node) {
    return number_or_auto(node, "256, 512 or 1024",
                          [](std::int64_t size) { return size == 256 || size == 512 || size == 1024; });
}

Read<std::optional<unsigned>> network_mtu(const Node &node) {
    constexpr std::int64_t least_of_ipv6 = 1280;
    constexpr std::int64_t most_of_tap = 65535 - 14;
    return within_or_auto(node, least_of_ipv6, most_of_tap);
}

Read<Pool> pool(const Node &node) {
    using Kind = plan::HugePagePolicy::Pool;
    constexpr std::int64_t most_pages = 1 << 30;
    if (const auto *pages = node.integer()) {
        if (*pages >= 1 && *pages <= most_pages) return Pool{Kind::fixed, static_cast<std::uint64_t>(*pages)};
        return wrong(node, "must be 1 to " + std::to_string(most_pages) + " pages per node, not " +
                               std::to_string(*pages) + (*pages == 0 ? " (\"off\" is no pool)" : ""));
    }
    if (node.text() == nullptr)
        return wrong(node,
                     "must be \"reserve\", \"on-demand\", \"off\" or a number of pages per node, not " + node.kind());
    const auto kind =
        choice<Kind>(node, {{"reserve", Kind::reserve}, {"on-demand", Kind::on_demand}, {"off", Kind::off}});
    if (!kind) return tl::unexpected(kind.error());
    return Pool{*kind, 0};
}

Read<Reserve> keep_free(const Node &node) {
    const std::string wanted = "must be a share like \"10%\" (0 to 99) or a size like \"4GiB\", not ";
    if (node.text() == nullptr) return wrong(node, wanted + node.kind());
    const auto parts = number_and_unit(*node.text());
    if (!parts) return wrong(node, wanted + quoted(*node.text()));
    const auto &[number, unit] = *parts;
    constexpr unsigned most_percent = 99;
    if (unit == "%" && number <= most_percent) return Reserve{static_cast<unsigned>(number), std::nullopt};
    if (const auto bytes = bytes_of(number, unit)) return Reserve{std::nullopt, bytes};
    return wrong(node, wanted + quoted(*node.text()));
}

}  // namespace kvmtune::policy
