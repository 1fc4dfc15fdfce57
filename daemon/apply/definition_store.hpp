// The documents of the domains whose definitions we changed, a folder a domain below var/lib/kvmtune/domains, readable
// by root only, since they carry secrets:
//   before.xml  the definition before our first change, as libvirt gave it
//   after.xml   the definition after our last change, as libvirt gave it back
//   i440fx.xml  the definition before it was converted to Q35, without anything of ours
// The first two are a shortcut to give back every byte: the holds in the definition itself are what counts. The last is
// the only way back from Q35. What is overwritten by it after somebody edited it stays in var/lib/kvmtune/edited.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/root.hpp"

namespace kvmtune::apply {

class DefinitionStore {
  public:
    /// The tree must outlive it.
    explicit DefinitionStore(const Root &root) : root_(root) {}

    [[nodiscard]] Result<std::optional<std::string>> before(const std::string &uuid) const;
    [[nodiscard]] Result<std::optional<std::string>> after(const std::string &uuid) const;
    [[nodiscard]] Result<> keep_before(const std::string &uuid, const std::string &xml) const;
    [[nodiscard]] Result<> keep_after(const std::string &uuid, const std::string &xml) const;
    [[nodiscard]] Result<std::optional<std::string>> unconverted(const std::string &uuid) const;
    [[nodiscard]] Result<> keep_unconverted(const std::string &uuid, const std::string &xml) const;
    /// A definition that goes though somebody edited it, for him: NAME-1.xml, NAME-2.xml, ...
    [[nodiscard]] Result<> save_edited(const std::string &name, const std::string &xml) const;
    /// What was before our first change is not known any more.
    [[nodiscard]] Result<> forget_before(const std::string &uuid) const;
    [[nodiscard]] Result<> forget(const std::string &uuid) const;
    /// Domains with a folder.
    [[nodiscard]] Result<std::vector<std::string>> uuids() const;

  private:
    [[nodiscard]] Result<std::optional<std::string>> read(const std::string &uuid, const char *file) const;
    [[nodiscard]] Result<> write(const std::string &uuid, const char *file, const std::string &xml) const;

    const Root &root_;
};

}  // namespace kvmtune::apply
