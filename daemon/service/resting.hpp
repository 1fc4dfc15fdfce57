// What was rolled back on request is left alone until somebody asks for it to be applied: else the next round would
// undo the rollback. Kept in var/lib/kvmtune/resting, a UUID a line or "all".
#pragma once

#include <set>
#include <string>

#include "base/root.hpp"

namespace kvmtune::service {

class Resting {
  public:
    /// What the file says; nothing rests if there is none. The root must outlive it.
    [[nodiscard]] static Result<Resting> read(const Root &root);

    [[nodiscard]] bool all() const { return all_; }
    [[nodiscard]] const std::set<std::string> &domains() const { return domains_; }

    /// These rest from now on; none stands for everything, the host too.
    [[nodiscard]] Result<> begin(const std::set<std::string> &uuids);
    /// They do not any more; none stands for everything. Where everything rests, a single domain does not come back.
    [[nodiscard]] Result<> end(const std::set<std::string> &uuids);

  private:
    explicit Resting(const Root &root) : root_(&root) {}
    [[nodiscard]] Result<> write() const;

    const Root *root_;
    bool all_ = false;
    std::set<std::string> domains_;
};

}  // namespace kvmtune::service
