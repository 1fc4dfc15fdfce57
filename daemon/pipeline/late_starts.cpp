#include "daemon/pipeline/late_starts.hpp"

#include "daemon/apply/carry_out.hpp"
#include "daemon/apply/journaled_world.hpp"
#include "daemon/apply/worker_effects.hpp"
#include "daemon/domain/facts.hpp"
#include "daemon/domain/metadata.hpp"
#include "daemon/pipeline/run_lock.hpp"
#include "daemon/plan/plan.hpp"

namespace kvmtune::pipeline {

namespace {

std::string note_for(const std::string &uuid) {
    return std::string(notes_folder) + "/" + uuid;
}

/// The domains of all notes, without one that is just being written.
std::vector<std::string> notes(const Root &root) {
    constexpr std::size_t uuid_length = 36;
    auto names = root.list(notes_folder).value_or(std::vector<std::string>());
    std::erase_if(names, [](const std::string &name) { return name.size() != uuid_length; });
    return names;
}

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

/// Other holds in the journal are no business of this guest.
Result<plan::Plan> plan_of(const plan::Desired &desired, apply::World &world) {
    std::set<plan::Target> targets;
    for (const auto &[target, wish] : desired.wishes) targets.insert(target);
    auto holds = TRY(world.holds());
    std::erase_if(holds, [&](const auto &hold) { return targets.count(hold.first) == 0; });
    const auto observed = TRY(world.observe(targets));
    return plan::diff(desired, observed, holds);
}

Result<> all_done(const apply::Report &report) {
    std::string whys;
    for (const auto &outcome : report.outcomes)
        if (outcome.status != apply::Status::done) whys += (whys.empty() ? "" : "; ") + outcome.why;
    if (report.complete()) return {};
    return failure(ErrorKind::failed, whys);
}

/// With the run lock.
Result<> place(const Root &root, const domain::Document &live, const domain::WorkerCpus &cpus) {
    auto facts = TRY(domain::facts_of(live));
    apply::WorkerEffects effects(root, std::move(facts));
    auto journal = TRY(apply::Journal::open(root, "var/lib/kvmtune/journal"));
    apply::JournaledWorld world(journal, effects);
    const auto plan = TRY(plan_of(places_of(live.uuid(), cpus), world));
    return all_done(apply::carry_out(plan, world));
}

Result<> serve(const Root &root, apply::Hypervisor &hypervisor, const std::string &uuid) {
    const auto record = hypervisor.domain(uuid);
    if (!record || !record->running) return {};
    const auto live = TRY(domain::Document::parse(record->live, record->name));
    const auto cpus = TRY(domain::worker_cpus_in(live));
    return cpus.empty() ? Result<>() : place(root, live, cpus);
}

}  // namespace

Result<> place_workers(const Root &root, const domain::Document &live) {
    constexpr std::chrono::milliseconds at_once{0};
    constexpr std::chrono::milliseconds a_moment{500};  // for another guest's hook, which looks for no notes
    const auto cpus = TRY(domain::worker_cpus_in(live));
    if (cpus.empty()) return {};
    auto lock = take_run_lock(root, at_once);
    if (!lock && lock.error().kind == ErrorKind::busy) {
        TRY(root.make_directories(notes_folder));
        TRY(root.replace(note_for(live.uuid()), ""));
        lock = take_run_lock(root, a_moment);
        if (!lock && lock.error().kind == ErrorKind::busy) return {};
    }
    if (!lock) return tl::unexpected<Error>(lock.error());
    TRY(place(root, live, cpus));
    return root.remove(note_for(live.uuid()));
}

Result<> serve_notes(const Root &root, apply::Hypervisor &hypervisor) {
    Result<> done;
    while (true) {
        const auto uuids = notes(root);
        if (uuids.empty()) return done;
        const auto lock = TRY(take_run_lock(root));
        for (const auto &uuid : uuids) {
            TRY(root.remove(note_for(uuid)));  // first: the guest may start once more meanwhile
            auto served = serve(root, hypervisor, uuid);
            if (!served && done) done = std::move(served);
        }
    }
}

}  // namespace kvmtune::pipeline
