#include "daemon/apply/thread_effects.hpp"

#include "base/number.hpp"
#include "daemon/domain/facts.hpp"
#include "daemon/facts/memory.hpp"
#include "daemon/plan/sizes.hpp"

namespace kvmtune::apply {

using plan::Observation;
using plan::Target;
using plan::Value;

namespace {

bool is_memory(const Target &target) {
    return target == plan::memory_target(target.owner);
}

bool is_vhost(const Target &target) {
    return target.name.starts_with("vhost/");
}

bool is_iothread(const Target &target) {
    return target.name.starts_with("iothread/");
}

/// The number behind the last slash of a target's name.
Result<unsigned> number_of(const Target &target) {
    const auto slash = target.name.rfind('/');
    const auto number =
        slash == std::string::npos ? std::nullopt : whole_number<unsigned>(target.name.substr(slash + 1));
    if (!number) return failure(ErrorKind::invalid, text_of(target) + ": no such thread");
    return *number;
}

/// The thread that a target names, and where it or its memory is.
Result<Observation> seen_in(const facts::QemuThreads &threads, const plan::DomainFacts &live, const Target &target) {
    if (is_vhost(target)) return worker_seen(threads, live, target);
    const facts::Thread &qemu = threads.main;
    if (target.name == "emulator") return Observation{qemu.cpus.text(), qemu.epoch()};
    if (is_memory(target)) {
        if (qemu.memory_nodes.empty()) return failure(ErrorKind::not_found, text_of(target) + ": not known");
        return Observation{qemu.memory_nodes.text(), qemu.epoch()};
    }
    const auto number = TRY(number_of(target));
    const auto &named = is_iothread(target) ? threads.iothreads : threads.vcpus;
    const auto at = named.find(number);
    if (at == named.end()) return failure(ErrorKind::not_found, text_of(target) + ": no such thread");
    return Observation{at->second.cpus.text(), at->second.epoch()};
}

}  // namespace

ThreadEffects::ThreadEffects(const Root &root, Hypervisor &hypervisor) : root_(root), hypervisor_(hypervisor) {}

Result<plan::DomainFacts> ThreadEffects::live(const std::string &uuid) const {
    const auto record = TRY(hypervisor_.domain(uuid));
    if (!record.running) return failure(ErrorKind::not_found, record.name + ": it does not run");
    const auto document = TRY(domain::Document::parse(record.live, record.name));
    return domain::facts_of(document);
}

Result<ThreadEffects::Run> ThreadEffects::run_of(const std::string &uuid, facts::VhostProcesses &processes) const {
    auto facts = TRY(live(uuid));
    const auto pid = TRY(facts::qemu_pid(root_, facts.name));
    auto threads = TRY(facts::threads_of(root_, pid, processes));
    return Run{std::move(facts), std::move(threads)};
}

Result<ThreadEffects::Run> ThreadEffects::run_of(const std::string &uuid) const {
    facts::VhostProcesses processes(root_);
    return run_of(uuid, processes);
}

/// The kernel leaves behind what has no room, and kills who then asks for more. Nodes that are only more move nothing.
Result<> ThreadEffects::move_memory(const Target &target, const CpuSet &nodes) {
    const auto qemu = TRY(run_of(target.owner)).threads.main;
    if (nodes.contains(qemu.memory_nodes)) return hypervisor_.move_memory(target.owner, nodes);
    std::uint64_t arriving = 0;
    for (const auto &[node, bytes] : TRY(facts::memory_by_node(root_, qemu.tid)))
        if (!nodes.contains(node)) arriving += bytes;
    std::uint64_t room = 0;
    for (const auto &node : facts::node_memory(root_))
        if (nodes.contains(node.node)) room += node.free;
    if (arriving > room)
        return failure(ErrorKind::failed, text_of(target) + ": its " + plan::size_text(arriving) +
                                              " do not fit into the " + plan::size_text(room) +
                                              " that are free on nodes " + nodes.text());
    return hypervisor_.move_memory(target.owner, nodes);
}

Result<Observation> ThreadEffects::look(const Target &target) {
    const auto run = TRY(run_of(target.owner));
    return seen_in(run.threads, run.live, target);
}

Result<plan::Observed> ThreadEffects::look_at(const std::set<Target> &targets) {
    facts::VhostProcesses processes(root_);
    std::map<std::string, Result<Run>> runs;
    return seen_of(targets, [&](const Target &target) -> Result<Observation> {
        auto at = runs.find(target.owner);
        if (at == runs.end()) at = runs.emplace(target.owner, run_of(target.owner, processes)).first;
        const auto &run = at->second;
        if (!run) return tl::unexpected<Error>(run.error());
        return seen_in(run->threads, run->live, target);
    });
}

Result<> ThreadEffects::put(const Target &target, const Value &value) {
    if (is_vhost(target)) {
        auto facts = TRY(live(target.owner));
        return WorkerEffects(root_, std::move(facts)).put(target, value);
    }
    if (!value) return failure(ErrorKind::invalid, text_of(target) + ": it always runs somewhere");
    const auto cpus = TRY(CpuSet::parse(*value));
    if (is_memory(target)) return move_memory(target, cpus);
    if (target.name == "emulator") return hypervisor_.pin_emulator(target.owner, cpus);
    const auto number = TRY(number_of(target));
    return is_iothread(target) ? hypervisor_.pin_iothread(target.owner, number, cpus)
                               : hypervisor_.pin_vcpu(target.owner, number, cpus);
}

}  // namespace kvmtune::apply
