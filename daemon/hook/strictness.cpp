#include "daemon/hook/strictness.hpp"

#include <algorithm>

#include "daemon/facts/memory.hpp"
#include "daemon/plan/pool.hpp"

namespace kvmtune::hook {

namespace {

bool wants_vhost(const plan::DomainFacts &facts) {
    return std::any_of(facts.nics.begin(), facts.nics.end(),
                       [](const plan::NicFacts &nic) { return nic.driver == "vhost"; });
}

std::string nodes_text(const std::optional<CpuSet> &nodes) {
    return nodes ? "node " + nodes->text() : "this host";
}

/// Page sizes by node are left to QEMU, which knows which cell asks for which.
std::string missing_pages(const Root &root, const plan::DomainFacts &facts) {
    const auto &backing = facts.backing;
    if (!backing.hugepages || backing.pages_by_node || facts.memory == 0) return "";
    const auto page_kib = backing.page_kib.value_or(facts::default_page_kib(root));
    std::uint64_t free = 0;
    for (const auto &pool : facts::pools(root))
        if (pool.page_kib == page_kib && (!facts.memory_nodes || facts.memory_nodes->contains(pool.node)))
            free += pool.free;
    const auto needed = (facts.memory + page_kib * 1024 - 1) / (page_kib * 1024);
    if (free >= needed) return "";
    return nodes_text(facts.memory_nodes) + " has " + std::to_string(free) + " free huge pages of " +
           plan::page_text(page_kib) + ", its memory needs " + std::to_string(needed);
}

std::string not_ready(const Root &root, const plan::DomainFacts &facts) {
    if (!root.exists("run/kvmtune/ready"))
        return "the host's part was not done since the boot (systemctl status kvmtune-host)";
    if (wants_vhost(facts) && !root.exists("dev/vhost-net")) return "there is no /dev/vhost-net";
    return missing_pages(root, facts);
}

}  // namespace

std::string refusal(const Root &root, const plan::DomainPolicy &section, const plan::DomainFacts &facts) {
    if (!section.strict) return "";
    const auto reason = not_ready(root, facts);
    return reason.empty() ? reason : facts.name + " does not start, as " + section.source + " is strict: " + reason;
}

}  // namespace kvmtune::hook
