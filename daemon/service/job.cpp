#include "daemon/service/job.hpp"

#include "daemon/answers/run_lock.hpp"

namespace kvmtune::service {

namespace {

Result<std::unique_ptr<pipeline::Workplace>> workplace(const Assignment &assignment, apply::Hypervisor &hypervisor) {
    return pipeline::Workplace::open(assignment.root, assignment.policy, hypervisor, assignment.topology,
                                     assignment.load_module);
}

}  // namespace

Result<pipeline::Account> round(const Assignment &assignment, apply::Hypervisor &hypervisor,
                                const pipeline::Scope &scope) {
    const auto lock = TRY(answers::take_run_lock(assignment.root));
    const auto place = TRY(workplace(assignment, hypervisor));
    return pipeline::bring(*place, scope, {});
}

Result<Answered> answered(const Assignment &assignment, apply::Hypervisor &hypervisor, const answers::Request &request,
                          const pipeline::Tell &tell) {
    Fd lock;
    if (request.changes()) lock = TRY(answers::take_run_lock(assignment.root));
    const auto place = TRY(workplace(assignment, hypervisor));
    Answered done;
    for (const auto &name : request.domains) done.uuids.insert(TRY(hypervisor.find(name)));
    done.json = TRY(answers::answer_to(request, *place, tell));
    return done;
}

}  // namespace kvmtune::service
