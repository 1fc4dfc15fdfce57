#include "daemon/plan/rules/recipe.hpp"

#include <algorithm>
#include <sstream>
#include <vector>

#include "base/number.hpp"

namespace kvmtune::plan {

namespace {

constexpr std::uint64_t largest_buffer = 16u << 20;
constexpr std::uint64_t usual_buffer = 1u << 20;
constexpr std::uint64_t page = 4096;
constexpr std::uint64_t small_guest = 1u << 30;  ///< bytes; at this size a 64th is the largest buffer

/// nullopt if a field is no whole number.
std::optional<std::vector<std::uint64_t>> numbers_in(const std::string &value) {
    std::vector<std::uint64_t> numbers;
    std::istringstream fields(value);
    for (std::string field; fields >> field;) {
        const auto number = whole_number<std::uint64_t>(field);
        if (!number) return std::nullopt;
        numbers.push_back(*number);
    }
    return numbers;
}

std::string text_of(const std::vector<std::uint64_t> &numbers) {
    std::string text;
    for (const std::uint64_t number : numbers) text += (text.empty() ? "" : " ") + std::to_string(number);
    return text;
}

}  // namespace

Sysctls recipe_for_host(std::uint64_t memory) {
    const auto at_most = [&](std::uint64_t value, std::uint64_t bound) {
        return memory == 0 ? value : std::min(value, bound / page * page);
    };
    const std::uint64_t largest = at_most(largest_buffer, memory / 512);
    const std::uint64_t usual = at_most(usual_buffer, memory / 8 / 10000);
    const std::string stream = text_of({4096, std::min(usual_buffer, largest), largest});
    return {
        {"net.core.rmem_max", std::to_string(largest)},
        {"net.core.wmem_max", std::to_string(largest)},
        {"net.core.rmem_default", std::to_string(usual)},
        {"net.core.wmem_default", std::to_string(usual)},
        {"net.core.netdev_max_backlog", "5000"},
        {"net.core.somaxconn", "65535"},
        {"net.ipv4.tcp_rmem", stream},
        {"net.ipv4.tcp_wmem", stream},
        {"net.ipv4.tcp_mtu_probing", "1"},
        {"net.ipv4.tcp_window_scaling", "1"},
    };
}

Sysctls recipe_for_guest(std::uint64_t memory) {
    Sysctls sysctls = recipe_for_host(0);
    if (memory >= small_guest) return sysctls;
    sysctls.erase("net.core.rmem_default");
    sysctls.erase("net.core.wmem_default");
    const std::uint64_t largest = std::max(memory / 64, usual_buffer);
    sysctls["net.core.rmem_max"] = std::to_string(largest);
    sysctls["net.core.wmem_max"] = std::to_string(largest);
    sysctls["net.ipv4.tcp_rmem"] = text_of({4096, 131072, largest});
    sysctls["net.ipv4.tcp_wmem"] = text_of({4096, 16384, largest});
    return sysctls;
}

std::optional<std::string> raised(const std::string &present, const std::string &wanted) {
    const auto now = numbers_in(present);
    auto then = numbers_in(wanted);
    if (!now || !then || now->size() != then->size()) return std::nullopt;
    for (std::size_t i = 0; i < then->size(); ++i) (*then)[i] = std::max((*then)[i], (*now)[i]);
    if (*then == *now) return std::nullopt;
    return text_of(*then);
}

}  // namespace kvmtune::plan
