#include "daemon/plan/page_supply.hpp"

#include <algorithm>

namespace kvmtune::plan {

namespace {

constexpr std::uint64_t tenth_of_gib = (1u << 30) / 10;  ///< what is missing is rounded up

std::uint64_t bytes_of(const PoolName &pool, std::uint64_t pages) {
    return pages * pool.page_kib * 1024;
}

std::string node_text(unsigned node) {
    return "node " + std::to_string(node);
}

std::string asked_text(const PoolName &pool, std::uint64_t pages) {
    return std::to_string(pages) + " pages of " + page_text(pool.page_kib) + " on " + node_text(pool.node) + " (" +
           gib_text(bytes_of(pool, pages)) + ") are asked for: ";
}

std::uint64_t less(std::uint64_t from, std::uint64_t by) {
    return from - std::min(from, by);
}

/// The policy's line with which so many bytes would do; empty if the host could not live on that: on less than 1 GiB,
/// or a fiftieth of a node of such a size.
std::string or_keep(std::uint64_t bytes, std::uint64_t node) {
    constexpr std::uint64_t least = 1u << 30U;
    const std::uint64_t mib = bytes >> 20U;
    return bytes < std::max(least, node / 50)
               ? ""
               : ", or say keep_free = \"" + std::to_string(mib) + "MiB\" in [host.hugepages]";
}

}  // namespace

std::string free_text(const NodeMemory &memory, std::uint64_t page_kib) {
    std::string text = gib_text(memory.free) + " of " + node_text(memory.node) + " are free";
    if (memory.free_blocks.empty()) return text;
    const std::uint64_t largest = std::prev(memory.free_blocks.end())->first;
    text += ", " + gib_text(memory.in_blocks_for(page_kib)) + " of them in blocks ";
    if (largest >= page_kib) return text + "that hold a page of " + page_text(page_kib);
    return text + "of " + page_text(largest) + ", and a page of " + page_text(page_kib) +
           " needs many of those side by side";
}

std::uint64_t pages_in_blocks(const NodeMemory &memory, std::uint64_t page_kib) {
    return memory.in_blocks_for(page_kib) / (page_kib * 1024);
}

/// All pools of a size go into one argument: of two the kernel heeds the first.
std::string PageSupply::boot_arguments(const PoolName &pool, std::uint64_t pages) const {
    constexpr std::uint64_t gib = 1u << 20U;
    const std::string size = pool.page_kib % gib == 0    ? std::to_string(pool.page_kib / gib) + "G"
                             : pool.page_kib % 1024 == 0 ? std::to_string(pool.page_kib / 1024) + "M"
                                                         : std::to_string(pool.page_kib) + "K";
    std::string numbers;
    for (const HugePagePool &one : host_.pools) {
        const std::uint64_t number = one.node == pool.node ? pages : one.total + one.ours;
        if (one.page_kib == pool.page_kib && number > 0)
            numbers += (numbers.empty() ? "" : ",") + std::to_string(one.node) + ":" + std::to_string(number);
    }
    return "`hugepagesz=" + size + " hugepages=" + numbers + "`";
}

const HugePagePool *PageSupply::pool(const PoolName &name) const {
    const auto found = std::find_if(host_.pools.begin(), host_.pools.end(), [&](const HugePagePool &one) {
        return one.node == name.node && one.page_kib == name.page_kib;
    });
    return found == host_.pools.end() ? nullptr : &*found;
}

const NodeMemory *PageSupply::memory_of(unsigned node) const {
    const auto found = std::find_if(host_.node_memory.begin(), host_.node_memory.end(),
                                    [&](const NodeMemory &one) { return one.node == node; });
    return found == host_.node_memory.end() ? nullptr : &*found;
}

/// Bytes of a node's other pools as planned; and how many more than there are now.
struct PageSupply::Taken {
    std::uint64_t bytes = 0;
    std::uint64_t more = 0;
};

PageSupply::Taken PageSupply::taken_beside(const PoolName &but, const Sizes &planned) const {
    Taken taken;
    for (const HugePagePool &one : host_.pools) {
        const PoolName name{one.node, one.page_kib};
        if (one.node != but.node || name == but) continue;
        const auto size = planned.find(name);
        const std::uint64_t now = one.total + one.ours;
        const std::uint64_t then = size == planned.end() ? now : size->second;
        taken.bytes += bytes_of(name, then);
        taken.more += bytes_of(name, less(then, now));
    }
    return taken;
}

std::string PageSupply::keeps_text(const NodeMemory &memory) const {
    return ", of which the host keeps " + gib_text(policy_.kept_of(memory.total)) + " (keep_free)";
}

std::string PageSupply::objection_to(const PoolName &name, std::uint64_t size, const Sizes &planned) const {
    const HugePagePool &now = *pool(name);
    if (size <= now.total) return "";
    const NodeMemory *const memory = memory_of(name.node);
    if (memory == nullptr) return "how much memory of " + node_text(name.node) + " is free is not known";
    const std::uint64_t bytes = bytes_of(name, size);
    const std::uint64_t kept = policy_.kept_of(memory->total);
    const Taken beside = taken_beside(name, planned);
    if (bytes + beside.bytes + kept > memory->total)
        return asked_text(name, size) + "it has " + gib_text(memory->total) + keeps_text(*memory) +
               ", and other pools " + gib_text(beside.bytes) + "; give its guests less memory or another node" +
               or_keep(less(memory->total, bytes + beside.bytes), memory->total);
    const std::uint64_t more = bytes_of(name, less(size, now.total + now.ours));
    const std::uint64_t needed = more + beside.more + kept;
    if (more == 0) return "";
    if (needed > memory->free)
        return asked_text(name, size) + gib_text(memory->free) + " are free now" + keeps_text(*memory) + "; " +
               gib_text(needed - memory->free + tenth_of_gib) +
               " more would do: stop guests that run on small pages there" +
               or_keep(less(memory->free, more + beside.more), memory->total);
    return refusal_of(name, size);
}

std::string PageSupply::objection_to_lending(const PoolName &name, std::uint64_t pages) const {
    const NodeMemory *const memory = memory_of(name.node);
    const std::uint64_t bytes = bytes_of(name, pages);
    if (memory == nullptr || bytes + policy_.kept_of(memory->total) <= memory->total) return "";
    return gib_text(bytes) + " are asked for: " + node_text(name.node) + " has " + gib_text(memory->total) +
           keeps_text(*memory) + "; give it less memory or another node" +
           or_keep(less(memory->total, bytes), memory->total);
}

std::string PageSupply::refusal_of(const PoolName &name, std::uint64_t size) const {
    const HugePagePool &now = *pool(name);
    const std::uint64_t there = now.total + now.ours;
    if (!now.limit || size <= now.limit->granted || size <= there) return "";
    const NodeMemory *const memory = memory_of(name.node);
    const std::uint64_t page = name.page_kib * 1024;
    const std::uint64_t in_reach = there + (memory == nullptr ? 0 : pages_in_blocks(*memory, name.page_kib));
    const std::uint64_t missing = size - now.limit->granted;
    if (in_reach >= now.limit->reach + missing) return "";
    if (memory != nullptr && now.limit->free && memory->free >= *now.limit->free + missing * page) return "";
    return asked_text(name, size) + "the kernel gave no more than " + std::to_string(now.limit->granted) +
           (memory == nullptr ? "" : "; " + free_text(*memory, name.page_kib)) +
           "; stop guests that run on small pages there, or boot with " + boot_arguments(name, size);
}

std::string PageSupply::fragmentation(const PoolName &name, std::uint64_t size) const {
    const HugePagePool *const now = pool(name);
    const NodeMemory *const memory = memory_of(name.node);
    if (now == nullptr || memory == nullptr || memory->free_blocks.empty()) return "";
    const std::uint64_t more = less(size, now->total + now->ours);
    if (bytes_of(name, more) <= memory->in_blocks_for(name.page_kib)) return "";
    return std::to_string(more) +
           " more pages need memory to be moved, and fewer may come of it: " + free_text(*memory, name.page_kib) +
           "; " + boot_arguments(name, size) + " would make them at boot";
}

std::string PageSupply::nodes_with_memory() const {
    CpuSet nodes;
    for (const NodeMemory &one : host_.node_memory)
        if (one.total > 0) nodes.insert(one.node);
    return nodes.text();
}

}  // namespace kvmtune::plan
