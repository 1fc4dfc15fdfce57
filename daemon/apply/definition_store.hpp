// The documents of the domains whose definitions we changed, a folder a domain below var/lib/kvmtune/domains, readable
// by root only, since they carry secrets:
//   before.xml  the definition before our first change, as libvirt gave it
//   after.xml   the definition after our last change, as libvirt gave it back
//   i440fx.xml  the definition before it was converted to Q35, without anything of ours
//   nvram       its UEFI variables of that time
// The first two are a shortcut to give back every byte: the holds in the definition itself are what counts. The last
// two are the only way back from Q35. What they overwrite that is not ours stays in var/lib/kvmtune/edited.
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
    [[nodiscard]] Result<std::optional<std::string>> nvram(const std::string &uuid) const;
    [[nodiscard]] Result<> keep_nvram(const std::string &uuid, const std::string &bytes) const;
    [[nodiscard]] Result<> forget_nvram(const std::string &uuid) const;
    /// What is overwritten though it is not ours, for whoever wants it: NAME-1.ENDING, NAME-2.ENDING, ...
    [[nodiscard]] Result<> set_aside(const std::string &name, const std::string &ending,
                                     const std::string &bytes) const;
    [[nodiscard]] Result<> forget_after(const std::string &uuid) const;
    /// What was before our first change is not known any more.
    [[nodiscard]] Result<> forget_before(const std::string &uuid) const;
    /// All but the UEFI variables, which wait until its guest is off.
    [[nodiscard]] Result<> forget(const std::string &uuid) const;
    /// Domains with a folder.
    [[nodiscard]] Result<std::vector<std::string>> uuids() const;

  private:
    [[nodiscard]] Result<std::optional<std::string>> read(const std::string &uuid, const char *file) const;
    [[nodiscard]] Result<> write(const std::string &uuid, const char *file, const std::string &xml) const;

    const Root &root_;
};

}  // namespace kvmtune::apply
