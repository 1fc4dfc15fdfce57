#include "daemon/hook/strictness.hpp"

#include <algorithm>

#include "daemon/domain/facts.hpp"
#include "daemon/facts/memory.hpp"
#include "daemon/plan/pool.hpp"
#include "daemon/policy/policy.hpp"

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

bool asks_to_start(const Call &call) {
    return call.driver == "qemu" && call.operation == "prepare" && call.sub_operation == "begin";
}

Result<std::string> refusal(const Root &root, const plan::Policy &policy, const Call &call) {
    const auto document = TRY(domain::Document::parse(call.document, call.object));
    const auto facts = TRY(domain::facts_of(document));
    const auto section = TRY(policy::section_of(policy, facts));
    if (!section || !section->strict) return std::string();
    auto reason = not_ready(root, facts);
    if (reason.empty()) return reason;
    return facts.name + " does not start, as " + section->source + " is strict: " + reason;
}

Result<Answer> leave_to_start(const Root &root, const std::optional<std::string> &policy_file, const Call &call) {
    const auto policy = policy::load_policy(root, policy_file);
    if (!policy) return Answer{};
    auto why = TRY(refusal(root, *policy, call));
    if (why.empty()) return Answer{};
    return Answer{Verdict::refuse, std::move(why), {}};
}

}  // namespace kvmtune::hook
