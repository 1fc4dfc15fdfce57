#include "daemon/plan/sizes.hpp"

#include <algorithm>

namespace kvmtune::plan {

std::string size_text(std::uint64_t bytes) {
    std::string unit = " bytes";
    std::uint64_t one = 1;
    for (const char *const larger : {" KiB", " MiB", " GiB", " TiB"}) {
        if (bytes / one < 1024) break;
        unit = larger;
        one <<= 10U;
    }
    const std::uint64_t tenths = bytes % one * 10 / one;
    return std::to_string(bytes / one) + (tenths == 0 ? "" : "." + std::to_string(tenths)) + unit;
}

std::uint64_t memory_of(const DomainFacts &domain) {
    return domain.memory_at_start == 0 ? domain.memory : std::min(domain.memory, domain.memory_at_start);
}

}  // namespace kvmtune::plan
