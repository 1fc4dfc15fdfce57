// The world of elements of persistent definitions. All changes of one domain are one define, and the holds travel in
// it, so that change and hold cannot come apart. What libvirt adds because of our edit (a virtio-serial controller and
// its root port) becomes a hold of ours in a second define; a crash in between is made good by comparing with the
// definition kept from before.
// A machine comes back with the whole definition from before its conversion, and what else is ours is put on that.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/apply/definition_store.hpp"
#include "daemon/apply/hypervisor.hpp"
#include "daemon/apply/journal.hpp"
#include "daemon/apply/world.hpp"
#include "daemon/domain/elements.hpp"
#include "daemon/domain/metadata.hpp"

namespace kvmtune::apply {

class DefinitionWorld : public World {
  public:
    /// Root and hypervisor must outlive it. The step is called after each file and each define; what is inserted is
    /// made from the fragments.
    DefinitionWorld(const Root &root, Hypervisor &hypervisor, Step step = {},
                    domain::Fragments fragments = domain::Fragments::built_in());

    [[nodiscard]] Result<plan::Observed> observe(const std::set<plan::Target> &targets) override;
    [[nodiscard]] Result<plan::Holds> holds() override;
    [[nodiscard]] bool together(const plan::Change &left, const plan::Change &right) const override;
    /// Error changed: the definition is not what the plan was made on; nothing was done.
    [[nodiscard]] Result<> make(const std::vector<plan::Change> &effect) override;
    [[nodiscard]] Result<> forget(const plan::Target &target) override;

    /// What the next effect on a domain is planned on, or what a define gave back: make() refuses any other definition.
    void expect(const std::string &uuid, const std::string &definition);
    /// Removes kept documents of domains that hold nothing of ours any more, and gives back the UEFI variables of those
    /// that are off and have their old chipset again.
    [[nodiscard]] Result<> tidy();

  private:
    [[nodiscard]] Result<domain::Document> definition(const std::string &uuid) const;
    [[nodiscard]] Result<domain::Document> define(const domain::Document &document);
    [[nodiscard]] Result<> keep_before(const domain::Document &now, const domain::Tuned &tuned);
    [[nodiscard]] Result<> give(const domain::Document &now, domain::Tuned tuned, const domain::Document &next,
                                const std::vector<domain::Edit> &edits);
    [[nodiscard]] Result<plan::WayBack> way_back(const domain::Document &now) const;
    [[nodiscard]] Result<> expect_change(const std::string &uuid);
    [[nodiscard]] Result<> adopt(const domain::Document &now);
    [[nodiscard]] Result<> keep_way_back(const domain::Document &now);
    [[nodiscard]] Result<> give_nvram_back(const std::string &uuid);
    [[nodiscard]] Result<> tidy_one(const std::string &uuid);
    [[nodiscard]] Result<> give_back_chipset(const domain::Document &now, domain::Tuned tuned);
    [[nodiscard]] Result<> give_back_all(const domain::Document &now, const domain::Document &next);
    void stepped() const;

    Hypervisor &hypervisor_;
    const Root &root_;
    std::map<std::string, std::string> expected_;  ///< definitions by UUID
    DefinitionStore store_;
    Step step_;
    domain::Fragments fragments_;
};

}  // namespace kvmtune::apply
