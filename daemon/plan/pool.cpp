#include "daemon/plan/pool.hpp"

#include <algorithm>

#include "base/number.hpp"

namespace kvmtune::plan {

namespace {

/// The largest pool that we may have made, with the hold as it is.
std::uint64_t most_asked(const Hold &hold) {
    std::uint64_t most = pages_in(hold.asked).value_or(0);
    for (const std::string &earlier : hold.earlier) most = std::max(most, pages_in(earlier).value_or(0));
    return most;
}

}  // namespace

Target pool_target(const PoolName &pool) {
    return {TargetKind::pool, "", "node" + std::to_string(pool.node) + "/" + std::to_string(pool.page_kib) + "kB"};
}

std::optional<PoolName> pool_named(const Target &target) {
    const std::string &name = target.name;
    const auto slash = name.find('/');
    if (target.kind != TargetKind::pool || slash == std::string::npos) return std::nullopt;
    if (!name.starts_with("node") || !name.ends_with("kB")) return std::nullopt;
    const auto node = whole_number<unsigned>(name.substr(4, slash - 4));
    const auto page_kib = whole_number<std::uint64_t>(name.substr(slash + 1, name.size() - slash - 3));
    if (!node || !page_kib) return std::nullopt;
    return PoolName{*node, *page_kib};
}

std::string pool_folder(const PoolName &pool) {
    return "sys/devices/system/node/node" + std::to_string(pool.node) + "/hugepages/hugepages-" +
           std::to_string(pool.page_kib) + "kB";
}

std::string pool_limit_file(const PoolName &pool) {
    return "run/kvmtune/granted/" + pool_target(pool).name;
}

std::string page_text(std::uint64_t page_kib) {
    constexpr std::uint64_t mib = 1024;
    constexpr std::uint64_t gib = 1024 * mib;
    if (page_kib % gib == 0) return std::to_string(page_kib / gib) + " GiB";
    if (page_kib % mib == 0) return std::to_string(page_kib / mib) + " MiB";
    return std::to_string(page_kib) + " KiB";
}

std::string gib_text(std::uint64_t bytes) {
    const std::uint64_t tenths = (bytes >> 20U) * 10 / 1024;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " GiB";
}

std::optional<std::uint64_t> pages_in(const Value &value) {
    return value ? whole_number<std::uint64_t>(*value) : std::nullopt;
}

std::uint64_t pages_of_ours(const Hold &hold, std::uint64_t now) {
    const std::uint64_t original = pages_in(hold.original).value_or(0);
    if (now <= original) return 0;
    const std::uint64_t with_us = hold.granted ? pages_in(hold.granted).value_or(0) : most_asked(hold);
    return std::min(now, std::max(with_us, original)) - original;
}

Hold pool_asked_for(const Hold *held, const std::string &epoch, std::uint64_t now, const std::string &asked) {
    const std::uint64_t ours = held == nullptr ? 0 : pages_of_ours(*held, now);
    Hold hold{epoch, std::to_string(now - ours), asked, std::nullopt, {}};
    if (ours > 0 && asked != std::to_string(now)) hold.earlier.push_back(std::to_string(now));
    return hold;
}

}  // namespace kvmtune::plan
