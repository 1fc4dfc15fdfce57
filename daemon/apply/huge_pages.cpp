// The kernel grants what it can get and reports no error (hugetlbpage.rst), so everything is read back, and remembered
// where it was too little: a plan counts on no more then. A pool that is made smaller than its pages in use would turn
// those into surplus pages, which vanish as guests stop: never asked for.
#include "daemon/apply/huge_pages.hpp"

#include <algorithm>
#include <string>

#include "daemon/facts/memory.hpp"
#include "daemon/plan/page_supply.hpp"

namespace kvmtune::apply {

namespace {

std::uint64_t no_less_than_in_use(std::uint64_t pages, const plan::HugePagePool &now) {
    return std::max(pages, std::min(now.in_use(), now.total));
}

/// The node's own memory only, where the kernel can; guests on other nodes do not feel it.
void compact(const Root &root, unsigned node) {
    const std::string of_node = "sys/devices/system/node/node" + std::to_string(node) + "/compact";
    if (root.write(of_node, "1")) return;
    if (root.write("proc/sys/vm/compact_memory", "1")) return;  // it helps, and is not needed
}

plan::NodeMemory memory_of(const Root &root, unsigned node) {
    for (auto &memory : facts::node_memory(root))
        if (memory.node == node) return std::move(memory);
    return {node, 0, 0};
}

/// Where it cannot be written the next plan asks for too many again, and is told so again.
void remember(const Root &root, const plan::PoolName &pool, const std::optional<plan::PoolLimit> &limit) {
    const std::string file = plan::pool_limit_file(pool);
    if (!limit) {
        (void)root.remove(file);
    } else if (root.make_directories(file.substr(0, file.rfind('/')))) {
        (void)root.replace(file, std::to_string(limit->granted) + " " + std::to_string(limit->reach) +
                                     (limit->free ? " " + std::to_string(*limit->free) : "") + "\n");
    }
}

/// Moving memory takes its time and disturbs who uses it.
bool is_in_pieces(const plan::NodeMemory &memory, const plan::HugePagePool &pool, std::uint64_t more) {
    return memory.free_blocks.empty() || plan::pages_in_blocks(memory, pool.page_kib) < more;
}

/// Puts back a pool that did not grow as far as it was asked to, and says how far it grew.
Result<> refused(const PoolDoor &door, const plan::HugePagePool &before, std::uint64_t pages) {
    const auto after = TRY(door.look());
    TRY(door.ask(no_less_than_in_use(before.total, after)));
    const auto now = TRY(door.look());
    const auto memory = door.memory();
    door.remember(
        plan::PoolLimit{after.total, now.total + plan::pages_in_blocks(memory, before.page_kib), memory.free});
    const std::uint64_t granted = after.total - std::min(before.total, after.total);
    return failure(ErrorKind::failed, "node " + std::to_string(before.node) + " granted " + std::to_string(granted) +
                                          " of " + std::to_string(pages - before.total) + " huge pages of " +
                                          plan::page_text(before.page_kib) + ": " +
                                          plan::free_text(memory, before.page_kib));
}

}  // namespace

PoolDoor door_of(const Root &root, const plan::PoolName &pool) {
    PoolDoor door;
    door.look = [&root, pool] { return facts::pool(root, pool); };
    door.ask = [&root, pool](std::uint64_t pages) {
        return root.write(plan::pool_folder(pool) + "/nr_hugepages", std::to_string(pages));
    };
    door.compact = [&root, pool] { compact(root, pool.node); };
    door.memory = [&root, pool] { return memory_of(root, pool.node); };
    door.remember = [&root, pool](const std::optional<plan::PoolLimit> &limit) { remember(root, pool, limit); };
    return door;
}

Result<> resize(const PoolDoor &door, std::uint64_t pages) {
    const auto before = TRY(door.look());
    if (pages == before.total) return {};
    if (pages < before.total) return door.ask(no_less_than_in_use(pages, before));
    if (is_in_pieces(door.memory(), before, pages - before.total)) door.compact();
    TRY(door.ask(pages));
    if (TRY(door.look()).total < pages) return refused(door, before, pages);
    if (before.limit && pages > before.limit->granted) door.remember(std::nullopt);
    return {};
}

}  // namespace kvmtune::apply
