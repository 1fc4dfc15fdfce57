// The kernel grants what it can get and reports no error (hugetlbpage.rst), so everything is read back. A pool that is
// made smaller than its pages in use would turn those into surplus pages, which vanish as guests stop: never asked for.
#include "daemon/apply/huge_pages.hpp"

#include <algorithm>
#include <string>

#include "daemon/facts/memory.hpp"

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

}  // namespace

PoolDoor door_of(const Root &root, const plan::PoolName &pool) {
    PoolDoor door;
    door.look = [&root, pool] { return facts::pool(root, pool); };
    door.ask = [&root, pool](std::uint64_t pages) {
        return root.write(plan::pool_folder(pool) + "/nr_hugepages", std::to_string(pages));
    };
    door.compact = [&root, pool] { compact(root, pool.node); };
    return door;
}

Result<> resize(const PoolDoor &door, std::uint64_t pages) {
    const auto before = TRY(door.look());
    if (pages == before.total) return {};
    if (pages < before.total) return door.ask(no_less_than_in_use(pages, before));
    door.compact();
    TRY(door.ask(pages));
    const auto after = TRY(door.look());
    if (after.total >= pages) return {};
    const std::uint64_t granted = after.total - std::min(before.total, after.total);
    TRY(door.ask(no_less_than_in_use(before.total, after)));
    return failure(ErrorKind::failed, "node " + std::to_string(before.node) + " granted " + std::to_string(granted) +
                                          " of " + std::to_string(pages - before.total) + " huge pages of " +
                                          plan::page_text(before.page_kib) +
                                          ": its free memory is too little or in too small pieces");
}

}  // namespace kvmtune::apply
