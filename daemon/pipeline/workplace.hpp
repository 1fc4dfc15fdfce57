// What one run works on: this machine's tree, its policy, its hypervisor, and the world with its holds.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/root.hpp"
#include "daemon/apply/hypervisor.hpp"
#include "daemon/apply/whole_world.hpp"
#include "daemon/plan/policy.hpp"

namespace kvmtune::pipeline {

class Workplace {
  public:
    /// Reads the journal and the administrator's fragments. Root and hypervisor must outlive it; the topology is
    /// hwloc's of this machine if none is given.
    [[nodiscard]] static Result<std::unique_ptr<Workplace>> open(const Root &root, plan::Policy policy,
                                                                 apply::Hypervisor &hypervisor,
                                                                 std::optional<std::string> topology,
                                                                 apply::LoadModule load_module, apply::Step step = {});

    [[nodiscard]] const Root &root() const { return root_; }
    [[nodiscard]] const plan::Policy &policy() const { return policy_; }
    [[nodiscard]] apply::Hypervisor &hypervisor() { return hypervisor_; }
    /// What is inserted into definitions.
    [[nodiscard]] const domain::Fragments &fragments() const { return fragments_; }
    [[nodiscard]] apply::WholeWorld &world() { return *world_; }
    [[nodiscard]] Result<plan::Topology> topology() const;
    /// Whether that is not this machine's.
    [[nodiscard]] bool is_described() const { return topology_.has_value(); }

    /// A domain that did not start as tuned, and was given back. To tune it again before somebody asks for it would
    /// keep it from its next start.
    void note_untuned(const std::string &uuid) { untuned_.insert(uuid); }
    [[nodiscard]] const std::set<std::string> &untuned() const { return untuned_; }

  private:
    Workplace(const Root &root, plan::Policy policy, apply::Hypervisor &hypervisor, std::optional<std::string> topology,
              apply::Journal journal);

    const Root &root_;
    plan::Policy policy_;
    apply::Hypervisor &hypervisor_;
    std::optional<std::string> topology_;
    apply::Journal journal_;
    domain::Fragments fragments_;
    std::unique_ptr<apply::WholeWorld> world_;
    std::set<std::string> untuned_;
};

}  // namespace kvmtune::pipeline
