// Values of a document as numbers, CPU lists and bytes. One that libvirt would not take either, a placeholder for
// example, is an error at its place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/cpu_set.hpp"
#include "base/result.hpp"
#include "daemon/domain/document.hpp"

namespace kvmtune::domain {

/// A MAC address in lower case with two digits a byte, as libvirt prints it; nullopt if it is none.
[[nodiscard]] std::optional<std::string> canonical_mac(std::string_view text);

/// An amount of memory in bytes; the unit as libvirt reads it, KiB if it is empty. nullopt: no such amount or unit.
[[nodiscard]] std::optional<std::uint64_t> bytes_in(std::string_view amount, std::string_view unit);

/// Reads attributes and texts of one document. Errors are of kind invalid, "name:line:column: cause"; an attribute that
/// is absent is none.
class Values {
  public:
    /// Of a document that must outlive it.
    explicit Values(const Document &document) : document_(document), tree_(document.tree()) {}

    /// An attribute as a number without sign, at most this; nullopt if it is absent.
    [[nodiscard]] Result<std::optional<unsigned>> number(NodeId id, std::string_view attribute,
                                                         unsigned most = ~0u) const;
    /// The same where libvirt wants one.
    [[nodiscard]] Result<unsigned> required_number(NodeId id, std::string_view attribute, unsigned most = ~0u) const;
    /// An attribute as a CPU list; nullopt if it is absent.
    [[nodiscard]] Result<std::optional<CpuSet>> cpus(NodeId id, std::string_view attribute) const;
    /// Bytes of an amount that stands in this element, by its attribute "unit".
    [[nodiscard]] Result<std::uint64_t> memory(NodeId id, std::string_view amount) const;
    /// The attribute's value, or nullopt if it is absent, empty or "default".
    [[nodiscard]] std::optional<std::string> named(NodeId id, std::string_view attribute) const;
    /// The element's own text without blanks around it; empty for no_node.
    [[nodiscard]] std::string text(NodeId id) const;

  private:
    const Document &document_;
    const Tree &tree_;
};

}  // namespace kvmtune::domain
