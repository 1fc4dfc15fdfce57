#include "daemon/domain/values.hpp"

#include <algorithm>
#include <limits>

#include "daemon/domain/words.hpp"

namespace kvmtune::domain {

namespace {

/// Bytes of a unit as libvirt's virScaleInteger() reads it.
std::optional<std::uint64_t> bytes_of_unit(std::string_view unit) {
    const std::string lower = lower_case(unit.empty() ? "KiB" : unit);
    if (lower == "b" || lower == "byte" || lower == "bytes") return 1;
    constexpr std::string_view letters = "kmgtpe";
    const std::size_t power = letters.find(lower.front());
    const std::string_view rest = std::string_view(lower).substr(1);
    if (power == std::string_view::npos || (rest != "" && rest != "b" && rest != "ib")) return std::nullopt;
    std::uint64_t bytes = 1;
    for (std::size_t i = 0; i <= power; ++i) bytes *= rest == "b" ? 1000 : 1024;
    return bytes;
}

bool is_hexadecimal(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

}  // namespace

std::optional<std::string> canonical_mac(std::string_view text) {
    std::string out;
    const std::string lower = lower_case(trimmed(text));
    std::size_t bytes = 0;
    for (std::size_t from = 0; from <= lower.size(); ++bytes) {
        const std::size_t end = std::min(lower.find(':', from), lower.size());
        if (end == from || end - from > 2 || !is_hexadecimal(lower[from]) || !is_hexadecimal(lower[end - 1])) return {};
        if (!out.empty()) out += ':';
        if (end - from == 1) out += '0';
        out += lower.substr(from, end - from);
        from = end + 1;
    }
    if (bytes != 6) return std::nullopt;
    return out;
}

std::optional<std::uint64_t> bytes_in(std::string_view amount, std::string_view unit) {
    const auto count = wide_number_in(trimmed(amount));
    const auto bytes = bytes_of_unit(trimmed(unit));
    if (!count || !bytes || (*count != 0 && *bytes > std::numeric_limits<std::uint64_t>::max() / *count)) return {};
    return *count * *bytes;
}

Result<std::optional<unsigned>> Values::number(NodeId id, std::string_view attribute, unsigned most) const {
    const Attribute *found = tree_.attribute(id, attribute);
    if (found == nullptr) return std::optional<unsigned>();
    const auto read = number_in(trimmed(found->value));
    if (!read) return document_.error_at(found->raw.begin, found->name + " is no number");
    if (*read > most) return document_.error_at(found->raw.begin, found->name + " is above " + std::to_string(most));
    return read;
}

Result<unsigned> Values::required_number(NodeId id, std::string_view attribute, unsigned most) const {
    const auto read = TRY(number(id, attribute, most));
    if (!read)
        return document_.error_at(tree_[id].start_tag.begin, "the attribute " + std::string(attribute) + " is missing");
    return *read;
}

Result<std::optional<CpuSet>> Values::cpus(NodeId id, std::string_view attribute) const {
    const Attribute *found = tree_.attribute(id, attribute);
    if (found == nullptr) return std::optional<CpuSet>();
    auto set = CpuSet::parse(found->value);
    if (!set)
        return document_.error_at(found->raw.begin, found->name + " is no list of numbers below " +
                                                        std::to_string(CpuSet::limit) + " like 0-3,8");
    return std::optional<CpuSet>(*std::move(set));
}

Result<std::uint64_t> Values::memory(NodeId id, std::string_view amount) const {
    const auto count = wide_number_in(trimmed(amount));
    const auto unit = bytes_of_unit(trimmed(tree_.value(id, "unit")));
    if (!count) return document_.error_at(tree_[id].start_tag.begin, "this is no amount of memory");
    if (!unit) return document_.error_at(tree_[id].start_tag.begin, "this unit of memory is not known");
    const auto bytes = bytes_in(amount, tree_.value(id, "unit"));
    if (!bytes) return document_.error_at(tree_[id].start_tag.begin, "more memory than can be counted");
    return *bytes;
}

std::optional<std::string> Values::named(NodeId id, std::string_view attribute) const {
    const Attribute *found = tree_.attribute(id, attribute);
    if (found == nullptr || found->value.empty() || found->value == "default") return std::nullopt;
    return found->value;
}

std::string Values::text(NodeId id) const {
    return id == no_node ? std::string() : std::string(trimmed(tree_[id].text));
}

}  // namespace kvmtune::domain
