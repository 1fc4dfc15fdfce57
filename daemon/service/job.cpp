#include "daemon/service/job.hpp"

#include "daemon/pipeline/run_lock.hpp"

namespace kvmtune::service {

namespace {

/// An agent reads a few files; one that takes longer is asked again later, and all others are not kept waiting.
constexpr std::chrono::seconds view_limit{4};

Result<std::unique_ptr<pipeline::Workplace>> workplace(const Assignment &assignment, apply::Hypervisor &hypervisor) {
    auto place = TRY(pipeline::Workplace::open(assignment.root, assignment.policy, hypervisor, assignment.topology,
                                               assignment.load_module));
    place->world().guests().use(assignment.lines);
    return place;
}

/// The others may be asked by somebody else meanwhile.
void keep_lines_to_silent(const Assignment &assignment, pipeline::Workplace &place, const Silent &passed_over) {
    std::set<std::string> uuids;
    for (const auto &[uuid, why] : passed_over) uuids.insert(uuid);
    for (const auto &[uuid, why] : place.world().guests().silent()) uuids.insert(uuid);
    assignment.lines.keep_only(uuids);
}

}  // namespace

Result<Round> round(const Assignment &assignment, apply::Hypervisor &hypervisor, const pipeline::Scope &scope,
                    const Silent &passed_over) {
    const auto lock = TRY(pipeline::take_run_lock(assignment.root));
    const auto place = TRY(workplace(assignment, hypervisor));
    place->world().guests().pass_over(passed_over);
    place->world().guests().limit_view(view_limit);
    auto account = pipeline::bring(*place, scope, {});
    keep_lines_to_silent(assignment, *place, passed_over);
    if (!account) return tl::unexpected<Error>(std::move(account).error());
    return Round{*std::move(account), place->world().guests().silent()};
}

Result<Answered> answered(const Assignment &assignment, apply::Hypervisor &hypervisor, const answers::Request &request,
                          const Silent &passed_over, const pipeline::Tell &tell) {
    Fd lock;
    if (request.changes()) lock = TRY(pipeline::take_run_lock(assignment.root));
    const auto place = TRY(workplace(assignment, hypervisor));
    if (!request.changes()) place->world().guests().pass_over(passed_over);
    Answered done;
    for (const auto &name : request.domains) done.uuids.insert(TRY(hypervisor.find(name)));
    auto json = answers::answer_to(request, *place, tell);
    keep_lines_to_silent(assignment, *place, passed_over);
    done.json = TRY(std::move(json));
    done.untuned = place->untuned();
    return done;
}

}  // namespace kvmtune::service
