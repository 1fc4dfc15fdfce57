#include "base/cpu_set.hpp"

#include <algorithm>
#include <bit>

#include "base/number.hpp"

namespace kvmtune {

namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

constexpr unsigned word_bits = 64;

constexpr std::uint64_t bit(unsigned cpu) {
    return std::uint64_t{1} << (cpu % word_bits);
}

struct Span {
    unsigned first;
    unsigned last;
};

Result<Span> span_of(std::string_view item, std::string_view whole) {
    const auto dash = item.find('-');
    const auto first = whole_number<unsigned>(item.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : whole_number<unsigned>(item.substr(dash + 1));
    if (!first || !last || *first > *last)
        return failure(ErrorKind::invalid, "\"" + std::string(whole) + "\" is not a CPU list like \"0-3,8\"");
    if (*last >= CpuSet::limit)
        return failure(ErrorKind::invalid, "CPU " + std::to_string(*last) + " is beyond the kernel's largest number");
    return Span{*first, *last};
}

}  // namespace

CpuSet::CpuSet(std::initializer_list<unsigned> cpus) {
    for (const auto cpu : cpus) insert(cpu);
}

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
    for (auto it = begin(); it != end();) {
        const auto first = *it;
        auto last = first;
        for (++it; it != end() && *it == last + 1; ++it) last = *it;
        if (!out.empty()) out += ',';
        out += std::to_string(first);
        if (last != first) out += '-' + std::to_string(last);
    }
    return out;
}

CpuSet::Iterator CpuSet::begin() const {
    return {*this, next(0)};
}

CpuSet::Iterator CpuSet::end() const {
    return {*this, beyond()};
}

unsigned CpuSet::beyond() const {
    return static_cast<unsigned>(words_.size()) * word_bits;
}

unsigned CpuSet::next(unsigned from) const {
    for (auto index = from / word_bits; index < words_.size(); ++index) {
        auto word = words_[index];
        if (index == from / word_bits) word &= ~std::uint64_t{0} << (from % word_bits);
        if (word != 0) return index * word_bits + static_cast<unsigned>(std::countr_zero(word));
    }
    return beyond();
}

unsigned CpuSet::last() const {
    return beyond() - 1 - static_cast<unsigned>(std::countl_zero(words_.back()));
}

std::size_t CpuSet::size() const {
    std::size_t count = 0;
    for (const auto word : words_) count += static_cast<std::size_t>(std::popcount(word));
    return count;
}

void CpuSet::insert(unsigned cpu) {
    if (cpu >= beyond()) words_.resize(cpu / word_bits + 1);
    words_[cpu / word_bits] |= bit(cpu);
}

void CpuSet::erase(unsigned cpu) {
    if (cpu >= beyond()) return;
    words_[cpu / word_bits] &= ~bit(cpu);
    trim();
}

void CpuSet::trim() {
    while (!words_.empty() && words_.back() == 0) words_.pop_back();
}

bool CpuSet::contains(unsigned cpu) const {
    return cpu < beyond() && (words_[cpu / word_bits] & bit(cpu)) != 0;
}

bool CpuSet::contains(const CpuSet &other) const {
    return (other - *this).empty();
}

bool CpuSet::intersects(const CpuSet &other) const {
    for (std::size_t index = 0; index < std::min(words_.size(), other.words_.size()); ++index)
        if ((words_[index] & other.words_[index]) != 0) return true;
    return false;
}

CpuSet CpuSet::operator|(const CpuSet &other) const {
    if (words_.size() < other.words_.size()) return other | *this;
    auto all = *this;
    for (std::size_t index = 0; index < other.words_.size(); ++index) all.words_[index] |= other.words_[index];
    return all;
}

CpuSet CpuSet::operator&(const CpuSet &other) const {
    if (words_.size() > other.words_.size()) return other & *this;
    auto both = *this;
    for (std::size_t index = 0; index < both.words_.size(); ++index) both.words_[index] &= other.words_[index];
    both.trim();
    return both;
}

CpuSet CpuSet::operator-(const CpuSet &other) const {
    auto rest = *this;
    for (std::size_t index = 0; index < std::min(words_.size(), other.words_.size()); ++index)
        rest.words_[index] &= ~other.words_[index];
    rest.trim();
    return rest;
}

std::string numbered(std::string_view noun, const CpuSet &numbers) {
    return std::string(noun) + (numbers.size() == 1 ? " " : "s ") + numbers.text();
}

}  // namespace kvmtune
