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

}  // namespace

Result<Round> round(const Assignment &assignment, apply::Hypervisor &hypervisor, const pipeline::Scope &scope,
                    Silent passed_over) {
    const auto lock = TRY(pipeline::take_run_lock(assignment.root));
    const auto place = TRY(workplace(assignment, hypervisor));
    place->world().guests().pass_over(std::move(passed_over));
    place->world().guests().limit_view(view_limit);
    auto account = TRY(pipeline::bring(*place, scope, {}));
    return Round{std::move(account), place->world().guests().silent()};
}

Result<Answered> answered(const Assignment &assignment, apply::Hypervisor &hypervisor, const answers::Request &request,
                          Silent passed_over, const pipeline::Tell &tell) {
    Fd lock;
    if (request.changes()) lock = TRY(pipeline::take_run_lock(assignment.root));
    const auto place = TRY(workplace(assignment, hypervisor));
    if (!request.changes()) place->world().guests().pass_over(std::move(passed_over));
    Answered done;
    for (const auto &name : request.domains) done.uuids.insert(TRY(hypervisor.find(name)));
    done.json = TRY(answers::answer_to(request, *place, tell));
    return done;
}

}  // namespace kvmtune::service
