#include "base/cpu_set.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace kvmtune {

namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

std::optional<unsigned> number(std::string_view text) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return {};
    return value;
}

struct Span {
    unsigned first;
    unsigned last;
};

Result<Span> span_of(std::string_view item, std::string_view whole) {
    const auto dash = item.find('-');
    const auto first = number(item.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : number(item.substr(dash + 1));
    if (!first || !last || *first > *last)
        return failure(ErrorKind::invalid, "\"" + std::string(whole) + "\" is not a CPU list like \"0-3,8\"");
    if (*last >= CpuSet::limit)
        return failure(ErrorKind::invalid, "CPU " + std::to_string(*last) + " is beyond the kernel's largest number");
    return Span{*first, *last};
}

}  // namespace

Result<CpuSet> CpuSet::parse(std::string_view text) {
    CpuSet set;
    text = trimmed(text);
    const auto whole = text;
    bool more = !text.empty();
    while (more) {
        const auto comma = text.find(',');
        auto item = trimmed(text.substr(0, comma));
        const bool excluded = !item.empty() && item.front() == '^';
        if (excluded) item.remove_prefix(1);
        const auto span = TRY(span_of(item, whole));
        for (auto cpu = span.first; cpu <= span.last; ++cpu) excluded ? set.erase(cpu) : set.insert(cpu);
        more = comma != std::string_view::npos;
        if (more) text.remove_prefix(comma + 1);
    }
    return set;
}

CpuSet CpuSet::range(unsigned first, unsigned last) {
    CpuSet set;
    for (auto cpu = first; cpu <= last; ++cpu) set.insert(cpu);
    return set;
}

std::string CpuSet::text() const {
    std::string out;
    for (auto it = cpus_.begin(); it != cpus_.end();) {
        const auto first = *it;
        auto last = first;
        for (++it; it != cpus_.end() && *it == last + 1; ++it) last = *it;
        if (!out.empty()) out += ',';
        out += std::to_string(first);
        if (last != first) out += '-' + std::to_string(last);
    }
    return out;
}

bool CpuSet::contains(const CpuSet &other) const {
    return std::includes(cpus_.begin(), cpus_.end(), other.cpus_.begin(), other.cpus_.end());
}

bool CpuSet::intersects(const CpuSet &other) const {
    return std::any_of(cpus_.begin(), cpus_.end(), [&](unsigned cpu) { return other.contains(cpu); });
}

CpuSet CpuSet::operator|(const CpuSet &other) const {
    CpuSet all = *this;
    all.cpus_.insert(other.cpus_.begin(), other.cpus_.end());
    return all;
}

CpuSet CpuSet::operator&(const CpuSet &other) const {
    CpuSet both;
    for (const auto cpu : cpus_)
        if (other.contains(cpu)) both.insert(cpu);
    return both;
}

CpuSet CpuSet::operator-(const CpuSet &other) const {
    CpuSet rest;
    for (const auto cpu : cpus_)
        if (!other.contains(cpu)) rest.insert(cpu);
    return rest;
}

}  // namespace kvmtune
