// What the kernel takes for the sysctls of the recipe (net/core/sysctl_net_core.c and net/ipv4/sysctl_net_ipv4.c of
// Linux 6.1), so that a policy with an impossible value is refused as a whole and not halfway through a run. The kernel
// takes the three sizes of tcp_rmem in any order, or fewer of them: neither is what anybody means.
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <sstream>

#include "base/number.hpp"
#include "daemon/policy/values.hpp"

namespace kvmtune::policy {

namespace {

struct Shape {
    std::size_t fields = 1;
    std::int64_t least = 0;
    std::int64_t most = std::numeric_limits<std::int32_t>::max();
};

const std::map<std::string, Shape> &shapes() {
    // SOCK_MIN_RCVBUF and SOCK_MIN_SNDBUF differ by architecture and version: below 2048 none takes it.
    constexpr std::int64_t least_buffer = 2048;
    static const std::map<std::string, Shape> known = {
        {"net.core.netdev_max_backlog", {}},
        {"net.core.optmem_max", {}},
        {"net.core.rmem_default", {1, least_buffer}},
        {"net.core.rmem_max", {1, least_buffer}},
        {"net.core.somaxconn", {}},
        {"net.core.wmem_default", {1, least_buffer}},
        {"net.core.wmem_max", {1, least_buffer}},
        {"net.ipv4.tcp_mtu_probing", {1, 0, 2}},
        {"net.ipv4.tcp_rmem", {3, 1}},
        {"net.ipv4.tcp_window_scaling", {1, 0, 1}},
        {"net.ipv4.tcp_wmem", {3, 1}},
    };
    return known;
}

std::string wanted(const Shape &shape) {
    const std::string range = std::to_string(shape.least) + " to " + std::to_string(shape.most);
    if (shape.fields == 1) return "must be a number from " + range;
    return "must be " + std::to_string(shape.fields) + " numbers from " + range + ", none less than the one before";
}

}  // namespace

std::string objection_to(const std::string &sysctl, const std::string &value) {
    const auto known = shapes().find(sysctl);
    if (known == shapes().end()) return "";
    const Shape &shape = known->second;
    std::istringstream words(value);
    std::string field;
    std::size_t fields = 0;
    std::int64_t before = shape.least;
    while (words >> field) {
        const auto read = whole_number<std::int64_t>(field);
        if (!read || *read < before || *read > shape.most) return wanted(shape) + ", not \"" + value + '"';
        before = *read;
        ++fields;
    }
    return fields == shape.fields ? "" : wanted(shape) + ", not \"" + value + '"';
}

}  // namespace kvmtune::policy
