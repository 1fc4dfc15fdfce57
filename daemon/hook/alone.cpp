#include "daemon/hook/alone.hpp"

#include <chrono>

#include "base/lock.hpp"
#include "daemon/apply/carry_out.hpp"
#include "daemon/apply/journaled_world.hpp"
#include "daemon/apply/worker_effects.hpp"
#include "daemon/domain/facts.hpp"
#include "daemon/domain/metadata.hpp"
#include "daemon/facts/host.hpp"
#include "daemon/facts/topology.hpp"
#include "daemon/hook/neighbours.hpp"
#include "daemon/hook/strictness.hpp"
#include "daemon/pipeline/replanned.hpp"
#include "daemon/policy/policy.hpp"

namespace kvmtune::hook {

namespace {

plan::Desired places_of(const std::string &uuid, const domain::WorkerCpus &cpus) {
    plan::Desired desired;
    for (const auto &[queue, place] : cpus)
        desired.add({{plan::TargetKind::affinity, uuid, domain::worker_element(queue)},
                     place.text(),
                     "its definition says so",
                     plan::Disruption::live,
                     {}});
    return desired;
}

/// Other holds in the journal are no business of this call.
Result<plan::Plan> plan_of(const plan::Desired &desired, apply::World &world) {
    std::set<plan::Target> targets;
    for (const auto &[target, wish] : desired.wishes) targets.insert(target);
    auto holds = TRY(world.holds());
    std::erase_if(holds, [&](const auto &hold) { return targets.count(hold.first) == 0; });
    const auto observed = TRY(world.observe(targets));
    return plan::diff(desired, observed, holds);
}

Result<> leave_note(const Root &root, const std::string &uuid) {
    TRY(root.make_directories(notes_folder));
    return root.replace(std::string(notes_folder) + "/" + uuid, "");
}

Result<> all_done(const apply::Report &report) {
    std::string whys;
    for (const auto &outcome : report.outcomes)
        if (outcome.status != apply::Status::done) whys += (whys.empty() ? "" : "; ") + outcome.why;
    if (report.complete()) return {};
    return failure(ErrorKind::failed, whys);
}

}  // namespace

Result<> place_workers(const Root &root, const Call &call) {
    const auto live = TRY(domain::Document::parse(call.document, call.object));
    const auto cpus = TRY(domain::worker_cpus_in(live));
    if (cpus.empty()) return {};
    const auto lock = take_lock(root, "run/kvmtune/lock", std::chrono::milliseconds(0));
    if (!lock && lock.error().kind == ErrorKind::busy) return leave_note(root, live.uuid());
    if (!lock) return tl::unexpected<Error>(lock.error());

    auto facts = TRY(domain::facts_of(live));
    apply::WorkerEffects effects(root, std::move(facts));
    auto journal = TRY(apply::Journal::open(root, "var/lib/kvmtune/journal"));
    apply::JournaledWorld world(journal, effects);
    const auto plan = TRY(plan_of(places_of(live.uuid(), cpus), world));
    return all_done(apply::carry_out(plan, world));
}

Result<std::optional<std::string>> filtered(const Root &root, const plan::Topology &topology, const Call &call,
                                            const std::optional<std::string> &policy_file) {
    const auto document = TRY(domain::Document::parse(call.document, call.object));
    pipeline::Destination destination;
    destination.host = TRY(facts::host_facts(root, {}, {}));
    destination.host.topology = topology;
    destination.taken = taken_by_running(root, topology);
    destination.policy = policy::load_policy(root, policy_file).value_or(plan::Policy{});
    const auto here = TRY(pipeline::replanned(document, destination));
    if (here.bytes() == document.bytes()) return std::optional<std::string>();
    return std::optional<std::string>(here.bytes());
}

Result<Answer> answer_alone(const Root &root, const Call &call) {
    if (asks_to_start(call)) return leave_to_start(root, std::nullopt, call);
    if (call.driver == "qemu" && call.operation == "started") TRY(place_workers(root, call));
    if (!is_filter(call)) return Answer{};
    const auto topology = TRY(facts::this_machines_topology());
    auto document = TRY(filtered(root, topology, call));
    return Answer{Verdict::go, "", std::move(document)};
}

}  // namespace kvmtune::hook
