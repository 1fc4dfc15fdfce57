// A set of CPU numbers in the kernel's list format ("0-3,8").
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace kvmtune {

class CpuSet {
  public:
    /// No CPU number at or above this is taken: the kernel's largest NR_CPUS (8192).
    static constexpr unsigned limit = 8192;

    class Iterator;

    CpuSet() = default;
    CpuSet(std::initializer_list<unsigned> cpus);

    /// From the list format; also libvirt's exclusions ("0-7,^3"). The empty text is the empty set.
    [[nodiscard]] static Result<CpuSet> parse(std::string_view text);
    /// All numbers from first to last.
    [[nodiscard]] static CpuSet range(unsigned first, unsigned last);

    [[nodiscard]] std::string text() const;
    [[nodiscard]] bool contains(unsigned cpu) const;
    [[nodiscard]] bool contains(const CpuSet &other) const;
    [[nodiscard]] bool intersects(const CpuSet &other) const;
    [[nodiscard]] bool empty() const { return words_.empty(); }
    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] unsigned first() const { return next(0); }  ///< of a set that is not empty
    [[nodiscard]] unsigned last() const;                      ///< of a set that is not empty
    [[nodiscard]] Iterator begin() const;                     ///< in ascending order
    [[nodiscard]] Iterator end() const;

    void insert(unsigned cpu);  ///< a number below the limit
    void erase(unsigned cpu);

    [[nodiscard]] CpuSet operator|(const CpuSet &other) const;
    [[nodiscard]] CpuSet operator&(const CpuSet &other) const;
    [[nodiscard]] CpuSet operator-(const CpuSet &other) const;
    bool operator==(const CpuSet &) const = default;

  private:
    [[nodiscard]] unsigned next(unsigned from) const;  ///< the first member at or above, else the end's number
    [[nodiscard]] unsigned beyond() const;             ///< the number of the end: no member has it
    void trim();

    std::vector<std::uint64_t> words_;  ///< a bit a CPU; the last word is never zero, so that equal sets are equal here
};

/// "CPU 4", "CPUs 0-3,8": numbers of something in words.
[[nodiscard]] std::string numbered(std::string_view noun, const CpuSet &numbers);

class CpuSet::Iterator {
  public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = unsigned;
    using difference_type = std::ptrdiff_t;
    using pointer = const unsigned *;
    using reference = unsigned;

    Iterator() = default;
    Iterator(const CpuSet &set, unsigned cpu) : set_(&set), cpu_(cpu) {}

    unsigned operator*() const { return cpu_; }
    Iterator &operator++() {
        cpu_ = set_->next(cpu_ + 1);
        return *this;
    }
    Iterator operator++(int) {
        const auto before = *this;
        ++*this;
        return before;
    }
    bool operator==(const Iterator &other) const { return cpu_ == other.cpu_; }

  private:
    const CpuSet *set_ = nullptr;
    unsigned cpu_ = 0;
};

}  // namespace kvmtune
