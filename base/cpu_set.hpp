// A set of CPU numbers in the kernel's list format ("0-3,8").
#pragma once

#include <compare>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace kvmtune {

class CpuSet {
  public:
    /// No CPU number at or above this is taken: the kernel's largest NR_CPUS (8192).
    static constexpr unsigned limit = 8192;

    CpuSet() = default;
    CpuSet(std::initializer_list<unsigned> cpus) : cpus_(cpus) {}

    /// From the list format; also libvirt's exclusions ("0-7,^3"). The empty text is the empty set.
    [[nodiscard]] static Result<CpuSet> parse(std::string_view text);
    /// All numbers from first to last.
    [[nodiscard]] static CpuSet range(unsigned first, unsigned last);

    [[nodiscard]] std::string text() const;
    [[nodiscard]] bool contains(unsigned cpu) const { return cpus_.count(cpu) != 0; }
    [[nodiscard]] bool contains(const CpuSet &other) const;
    [[nodiscard]] bool intersects(const CpuSet &other) const;
    [[nodiscard]] bool empty() const { return cpus_.empty(); }
    [[nodiscard]] std::size_t size() const { return cpus_.size(); }
    [[nodiscard]] unsigned first() const { return *cpus_.begin(); }  ///< of a set that is not empty
    [[nodiscard]] auto begin() const { return cpus_.begin(); }
    [[nodiscard]] auto end() const { return cpus_.end(); }

    void insert(unsigned cpu) { cpus_.insert(cpu); }
    void erase(unsigned cpu) { cpus_.erase(cpu); }

    [[nodiscard]] CpuSet operator|(const CpuSet &other) const;
    [[nodiscard]] CpuSet operator&(const CpuSet &other) const;
    [[nodiscard]] CpuSet operator-(const CpuSet &other) const;
    auto operator<=>(const CpuSet &) const = default;

  private:
    std::set<unsigned> cpus_;
};

}  // namespace kvmtune
