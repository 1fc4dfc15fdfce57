// What stands for the one meant in the names of element targets, and small steps that the kinds share.
#pragma once

#include <string>
#include <string_view>

#include "daemon/domain/draft.hpp"
#include "daemon/plan/target.hpp"

namespace kvmtune::domain {

/// Of an element that is there once at most.
[[nodiscard]] bool is_nothing(std::string_view key);
/// A number as we write it: "0", "31".
[[nodiscard]] bool is_number(std::string_view key);
/// A MAC address as we write it.
[[nodiscard]] bool is_mac(std::string_view key);
/// A disk's name in the guest: "vda".
[[nodiscard]] bool is_disk_name(std::string_view key);

/// The attribute's value, nullopt if it or the element is absent.
[[nodiscard]] plan::Value attribute_value(const Document &document, NodeId id, std::string_view attribute);
/// The child of this name, made if there is none: by its fragment, or without anything where it only holds others.
[[nodiscard]] NodeId child_or_fragment(Draft &draft, NodeId parent, const std::string &name,
                                       const std::string &fragment);
[[nodiscard]] NodeId child_or_bare(Draft &draft, NodeId parent, const std::string &name);

}  // namespace kvmtune::domain
