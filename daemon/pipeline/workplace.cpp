#include "daemon/pipeline/workplace.hpp"

#include "daemon/domain/overrides.hpp"
#include "daemon/facts/topology.hpp"

namespace kvmtune::pipeline {

Workplace::Workplace(const Root &root, plan::Policy policy, apply::Hypervisor &hypervisor,
                     std::optional<std::string> topology, apply::Journal journal)
    : root_(root),
      policy_(std::move(policy)),
      hypervisor_(hypervisor),
      topology_(std::move(topology)),
      journal_(std::move(journal)) {}

Result<std::unique_ptr<Workplace>> Workplace::open(const Root &root, plan::Policy policy, apply::Hypervisor &hypervisor,
                                                   std::optional<std::string> topology, apply::LoadModule load_module,
                                                   apply::Step step) {
    auto journal = TRY(apply::Journal::open(root, "var/lib/kvmtune/journal", step));
    std::unique_ptr<Workplace> place(
        new Workplace(root, std::move(policy), hypervisor, std::move(topology), std::move(journal)));
    place->fragments_ = TRY(domain::fragments_in(root));
    place->world_ = std::make_unique<apply::WholeWorld>(root, place->journal_, hypervisor, std::move(load_module),
                                                        std::move(step), place->fragments_);
    return place;
}

Result<plan::Topology> Workplace::topology() const {
    return topology_ ? facts::topology_from(*topology_) : facts::this_machines_topology();
}

}  // namespace kvmtune::pipeline
