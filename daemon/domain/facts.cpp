#include "daemon/domain/facts.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "daemon/domain/facts_parts.hpp"
#include "daemon/domain/metadata.hpp"
#include "daemon/domain/q35/machines.hpp"
#include "daemon/domain/q35/obstacles.hpp"
#include "daemon/domain/values.hpp"
#include "daemon/domain/words.hpp"

namespace kvmtune::domain {

namespace {

Result<std::uint64_t> sum_of(const Document &document, NodeId at, std::uint64_t left, std::uint64_t right) {
    if (left > std::numeric_limits<std::uint64_t>::max() - right)
        return document.error_at(document.tree()[at].start_tag.begin, "more memory than can be counted");
    return left + right;
}

/// What cells and memory devices come to, for at define libvirt takes that for <memory> where there are cells; else
/// <memory>.
Result<std::uint64_t> memory_of(const Document &document, const plan::DomainFacts &facts) {
    const Tree &tree = document.tree();
    const Values values(document);
    std::uint64_t sum = 0;
    if (facts.cpu)
        for (const auto &cell : facts.cpu->cells) sum = TRY(sum_of(document, Tree::root, sum, cell.memory));
    if (sum > 0) {
        for (const NodeId device : tree.children(tree.child(Tree::root, "devices"), "memory")) {
            const NodeId size = tree.child(tree.child(device, "target"), "size");
            if (size == no_node) continue;
            const std::uint64_t bytes = TRY(values.memory(size, tree[size].text));
            sum = TRY(sum_of(document, size, sum, bytes));
        }
        return sum;
    }
    const NodeId memory = tree.child(Tree::root, "memory");
    if (memory == no_node) return std::uint64_t{0};
    return values.memory(memory, tree[memory].text);
}

/// <currentMemory>, where it is not absent, zero or more than all.
Result<std::uint64_t> memory_at_start_of(const Document &document, std::uint64_t all) {
    const NodeId current = document.tree().child(Tree::root, "currentMemory");
    if (current == no_node) return all;
    const std::uint64_t bytes = TRY(Values(document).memory(current, document.tree()[current].text));
    return bytes == 0 ? all : std::min(bytes, all);
}

/// Whether qemu:commandline gives QEMU a CPU, topology or machine of its own, which then stands over libvirt's.
bool has_own_cpu_argument(const Tree &tree) {
    static constexpr std::array<std::string_view, 4> options = {"cpu", "smp", "machine", "M"};
    for (const NodeId line : tree.children(Tree::root)) {
        if (tree[line].name != "commandline" || tree[line].space != qemu_space) continue;
        for (const NodeId argument : tree.children(line)) {
            std::string_view value = tree.value(argument, "value");
            if (!value.starts_with('-')) continue;
            value.remove_prefix(value.starts_with("--") ? 2 : 1);
            if (std::find(options.begin(), options.end(), value) != options.end()) return true;
        }
    }
    return false;
}

}  // namespace

Result<plan::DomainFacts> facts_of(const Document &document) {
    const Tree &tree = document.tree();
    const auto text_of = [&](std::string_view name) {
        const NodeId id = tree.child(Tree::root, name);
        return id == no_node ? std::string() : tree[id].text;
    };
    plan::DomainFacts facts;
    facts.uuid = document.uuid();
    facts.name = text_of("name");
    facts.title = text_of("title");
    facts.type = tree.value(Tree::root, "type");
    const NodeId os_type = tree.child(tree.child(Tree::root, "os"), "type");
    facts.arch = tree.value(os_type, "arch");
    facts.os_type = Values(document).text(os_type);
    facts.machine = tree.value(os_type, "machine");
    if (q35::is_i440fx(facts.machine))
        facts.i440fx =
            plan::ChipsetFacts{q35::successor_of(facts.machine), q35::obstacles(document),  q35::doubts(document),
                               q35::demands(document),           q35::needs_ahci(document), q35::has_virtio(document),
                               q35::is_ancient(facts.machine)};
    facts.policy_tags = policy_tags_in(document);
    facts.own_policy = own_policy_in(document);
    facts.protection = tree.value(tree.child(Tree::root, "launchSecurity"), "type");
    facts.own_cpu_argument = has_own_cpu_argument(tree);
    facts.hotplug_memory = tree.child(Tree::root, "maxMemory") != no_node;
    facts = TRY(with_tuning(document, std::move(facts)));
    facts = TRY(with_devices(document, std::move(facts)));
    facts.cpu = TRY(cpu_facts(document, facts.vcpus));
    facts.memory = TRY(memory_of(document, facts));
    facts.memory_at_start = TRY(memory_at_start_of(document, facts.memory));
    return facts;
}

}  // namespace kvmtune::domain
