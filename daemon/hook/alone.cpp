#include "daemon/hook/alone.hpp"

#include "daemon/facts/host.hpp"
#include "daemon/facts/topology.hpp"
#include "daemon/hook/guest_life.hpp"
#include "daemon/hook/neighbours.hpp"
#include "daemon/pipeline/late_starts.hpp"
#include "daemon/pipeline/replanned.hpp"
#include "daemon/policy/policy.hpp"

namespace kvmtune::hook {

Result<std::optional<std::string>> filtered(const Root &root, const plan::Topology &topology,
                                            const plan::Policy &policy, const Call &call) {
    const auto document = TRY(domain::Document::parse(call.document, call.object));
    pipeline::Destination destination;
    destination.host = TRY(facts::host_facts(root, {}, {}));
    destination.host.topology = topology;
    destination.taken = taken_by_running(root, topology);
    destination.policy = policy;
    const auto here = TRY(pipeline::replanned(document, destination));
    if (here.bytes() == document.bytes()) return std::optional<std::string>();
    return std::optional<std::string>(here.bytes());
}

Result<Answer> answer_by(const plan::Policy &policy, const Root &root, const std::optional<std::string> &topology,
                         const Call &call) {
    if (asks_to_start(call)) return before_start(root, policy, call);
    TRY(after_step(root, call));
    if (!is_filter(call)) return Answer{};
    const auto here = TRY(topology ? facts::topology_from(*topology) : facts::this_machines_topology());
    auto document = TRY(filtered(root, here, policy, call));
    return Answer{Verdict::go, "", std::move(document)};
}

plan::Policy policy_alone(const Root &root) {
    return policy::load_policy(root).value_or(plan::Policy{});
}

Result<Answer> answer_alone(const plan::Policy &policy, const Root &root, const Call &call) {
    auto answer = answer_by(policy, root, std::nullopt, call);
    if (call.driver == "qemu" && call.operation == "started") {
        const auto live = TRY(domain::Document::parse(call.document, call.object));
        TRY(pipeline::place_workers(root, live));
    }
    return answer;
}

}  // namespace kvmtune::hook
