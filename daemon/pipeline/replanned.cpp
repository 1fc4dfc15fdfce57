#include "daemon/pipeline/replanned.hpp"

#include <algorithm>

#include "daemon/domain/elements.hpp"
#include "daemon/domain/facts.hpp"
#include "daemon/domain/metadata.hpp"
#include "daemon/domain/normal.hpp"
#include "daemon/pipeline/without_us.hpp"
#include "daemon/plan/guest_pages.hpp"
#include "daemon/plan/rules/rules.hpp"
#include "daemon/policy/policy.hpp"

namespace kvmtune::pipeline {

using plan::Change;
using plan::Hold;
using plan::Target;
using plan::TargetKind;

namespace {

const std::string memory_mode = "numatune/memory/mode";
const std::string memory_nodes = "numatune/memory/nodeset";

/// Whether an element says where a domain runs, and its guest cannot see it.
bool is_place(const std::string &element) {
    return element.starts_with("cputune/") || element.starts_with("numatune/") || domain::worker_named(element);
}

/// Nodes whose free huge pages do not hold its memory, or its share where it was on several, have none to offer.
plan::Topology with_room_for(const plan::DomainFacts &running, const plan::HostFacts &host) {
    plan::Topology topology = host.topology;
    if (!running.backing.hugepages || host.pools.empty()) return topology;
    const auto page_kib = running.backing.page_kib.value_or(host.default_page_kib);
    const auto parts = std::max<std::size_t>(running.memory_nodes.value_or(CpuSet{}).size(), 1);
    const auto share = (plan::pages_of_guest(running, page_kib) + parts - 1) / parts;
    for (auto &node : topology.nodes) {
        const bool holds_it = std::any_of(host.pools.begin(), host.pools.end(), [&](const plan::HugePagePool &pool) {
            return pool.node == node.index && pool.page_kib == page_kib && pool.free >= share;
        });
        if (!holds_it) node.memory = 0;
    }
    return topology;
}

/// Somebody of whom only the CPUs are known.
plan::DomainSituation stranger(const std::string &name, const CpuSet &cpus) {
    plan::DomainSituation other;
    other.facts.name = other.facts.uuid = name;
    other.facts.vcpupins[0] = cpus;
    return other;
}

plan::MemoryPolicy memory_policy_of(const plan::DomainFacts &running) {
    const auto mode = running.memory_mode.value_or("");
    if (mode == "strict") return plan::MemoryPolicy::strict;
    return mode == "preferred" ? plan::MemoryPolicy::preferred : plan::MemoryPolicy::restrictive;
}

/// The domain as it would be without us, but for what its guest has: it keeps its queues.
Result<plan::Situation> situation_at(const domain::Document &document, const plan::Holds &holds,
                                     const Destination &destination) {
    const auto running = TRY(domain::facts_of(document));
    const auto bare = TRY(domain::without_us(document));
    plan::DomainSituation domain;
    domain.facts = TRY(domain::facts_of(bare));
    domain.facts.nics = running.nics;
    for (auto &nic : domain.facts.nics) nic.queues = nic.queues.value_or(1);
    domain.policy = plan::DomainPolicy{};
    domain.policy->source = "this host";
    domain.policy->memory = memory_policy_of(running);
    if (const auto section = policy::section_of(destination.policy, running); section && *section) {
        domain.policy->vhost_cpus = (*section)->vhost_cpus;
        if ((*section)->cpus == plan::CpuPolicy::shared) domain.policy->cpus = plan::CpuPolicy::shared;
    }
    domain.policy->named = {"cpus"};  // somebody's own emulatorpin is no reason to lose the other pins
    domain.present = present_seat(document.uuid(), holds);
    domain.policy->cells = !domain.present.cells.empty();  // those that its guest is shown stay, and no others come
    domain.policy->allow = {plan::Disruption::guest_abi};
    plan::Situation situation;
    situation.policy.host.housekeeping = destination.policy.host.housekeeping;
    situation.policy.host.isolated = destination.policy.host.isolated;
    situation.host.topology = with_room_for(running, destination.host);
    situation.host.qemu_reads_nodes = destination.host.qemu_reads_nodes;
    situation.host.isolated_cpus = destination.host.isolated_cpus;
    situation.host.tickless_cpus = destination.host.tickless_cpus;
    situation.host.partitions = destination.host.partitions;
    situation.host.guest_cpus = destination.host.guest_cpus;
    situation.host.described = true;
    situation.host.modules = {"vhost_net"};
    for (const auto &[name, cpus] : destination.taken.taken)
        if (name != domain.facts.name) situation.domains.push_back(stranger(name, cpus));
    situation.domains.push_back(std::move(domain));
    return situation;
}

/// The original of an element, where this host has what it names.
plan::Value original_here(const std::string &element, const Hold &hold, const plan::Topology &topology) {
    if (!hold.original || element == memory_mode) return hold.original;
    CpuSet there = topology.all();
    if (element == memory_nodes) {
        there = {};
        for (const auto &node : topology.nodes) there.insert(node.index);
    }
    const auto named = CpuSet::parse(*hold.original);
    return named && there.contains(*named) ? hold.original : std::nullopt;
}

class Replanning {
  public:
    Replanning(const domain::Document &document, const plan::Holds &holds, const plan::Topology &topology,
               plan::Desired desired)
        : document_(document), holds_(holds), topology_(topology), desired_(std::move(desired)) {}

    Result<std::vector<Change>> changes() && {
        for (const auto &[target, hold] : holds_)
            if (is_place(target.name)) TRY(held(target, hold));
        for (const auto &[target, wish] : desired_.wishes)
            if (domain::worker_named(target.name) && holds_.count(target) == 0) add(target, {}, wish.value);
        return std::move(changes_);
    }

  private:
    Result<> held(const Target &target, const Hold &hold) {
        const auto now = TRY(domain::value_of(document_, target.name));
        if (!is_ours(target, hold, now)) return {};
        const auto wish = desired_.wishes.find(target);
        if (wish != desired_.wishes.end()) {
            if (!same_value(target, now, plan::Value(wish->second.value))) add(target, now, wish->second.value);
            return {};
        }
        add(target, now, original_of(target, hold));
        changes_.back().gives_back = true;
        return {};
    }

    /// A mode without nodes is nothing that libvirt takes.
    plan::Value original_of(const Target &target, const Hold &hold) const {
        if (target.name != memory_mode) return original_here(target.name, hold, topology_);
        const auto nodes = holds_.find({TargetKind::element, target.owner, memory_nodes});
        const bool lost = nodes != holds_.end() && !original_here(memory_nodes, nodes->second, topology_);
        return lost ? std::nullopt : hold.original;
    }

    void add(const Target &target, const plan::Value &from, const plan::Value &to) {
        Change change;
        change.target = target;
        change.from = from;
        change.to = to;
        changes_.push_back(std::move(change));
    }

    const domain::Document &document_;
    const plan::Holds &holds_;
    const plan::Topology &topology_;
    plan::Desired desired_;
    std::vector<Change> changes_;
};

}  // namespace

Result<domain::Document> replanned(const domain::Document &document, const Destination &destination) {
    auto tuned = TRY(domain::tuned_in(document));
    const auto places = [](const auto &hold) { return is_place(hold.first.name); };
    if (std::none_of(tuned.holds.begin(), tuned.holds.end(), places)) return document;
    const auto situation = TRY(situation_at(document, tuned.holds, destination));
    const auto changes =
        TRY(Replanning(document, tuned.holds, destination.host.topology, plan::desired(situation)).changes());
    tuned.holds = plan::held_after(std::move(tuned.holds), changes);
    return domain::with(document, domain::edits_of(changes), tuned);
}

}  // namespace kvmtune::pipeline
