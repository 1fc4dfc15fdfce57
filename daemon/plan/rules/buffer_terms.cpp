#include "daemon/plan/rules/buffer_terms.hpp"

#include "base/number.hpp"
#include "daemon/plan/rules/recipe.hpp"
#include "daemon/plan/sizes.hpp"

namespace kvmtune::plan {

namespace {

bool is_of_streams(const std::string &sysctl) {
    return sysctl == "net.ipv4.tcp_rmem" || sysctl == "net.ipv4.tcp_wmem";
}

bool is_buffer(const std::string &sysctl) {
    return is_default_of_sockets(sysctl) || is_of_streams(sysctl) || sysctl == "net.core.rmem_max" ||
           sysctl == "net.core.wmem_max";
}

/// The last number of a value: the largest buffer.
std::uint64_t last_of(const std::string &value) {
    return whole_number<std::uint64_t>(value.substr(value.rfind(' ') + 1)).value_or(0);
}

std::string of_recipe(const std::string &sysctl) {
    return "the recipe's " + size_text(last_of(recipe_for_host(0).at(sysctl)));
}

/// What a stream does with the largest buffer of a value; empty for buffers of other sockets.
std::string reach(const std::string &sysctl, const std::string &value) {
    if (!is_of_streams(sysctl)) return "";
    const std::uint64_t tenths = round_trip_filled(last_of(value));
    return "; a stream fills 10 Gbit/s over a round trip of " + std::to_string(tenths / 10) + "." +
           std::to_string(tenths % 10) + " ms";
}

}  // namespace

bool is_default_of_sockets(const std::string &sysctl) {
    return sysctl == "net.core.rmem_default" || sysctl == "net.core.wmem_default";
}

std::string host_buffer_terms(const std::string &sysctl, std::uint64_t memory) {
    if (!is_buffer(sysctl)) return "";
    const std::string reached = reach(sysctl, recipe_for_host(memory).at(sysctl));
    if (memory == 0) return of_recipe(sysctl) + reached;
    const std::string share =
        is_default_of_sockets(sysctl) ? "what 10000 full sockets have in an eighth of" : "a 512th of";
    return "the smaller of " + of_recipe(sysctl) + " and " + share + " this host's " + size_text(memory) + reached;
}

std::string guest_buffer_terms(const std::string &sysctl, std::uint64_t memory) {
    const Sysctls ours = recipe_for_guest(memory);
    if (!is_buffer(sysctl) || ours.count(sysctl) == 0) return "";
    if (is_default_of_sockets(sysctl)) return of_recipe(sysctl) + ", as the guest has " + size_text(memory);
    return "the smaller of " + of_recipe(sysctl) + " and a 64th of the guest's " + size_text(memory) +
           ", at least 1 MiB" + reach(sysctl, ours.at(sysctl));
}

std::uint64_t round_trip_filled(std::uint64_t bytes) {
    constexpr std::uint64_t bits_in_a_tenth_of_a_ms = 1000000;
    return bytes / 2 * 8 / bits_in_a_tenth_of_a_ms;
}

}  // namespace kvmtune::plan
