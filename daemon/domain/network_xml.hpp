// A libvirt network's document: what rules want to know of it, and its <mtu>, spliced into the bytes as edits of
// domains are.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "daemon/plan/facts.hpp"

namespace kvmtune::domain {

/// What a <network> document says; whether it is persistent and active is known to libvirt only. Name is what messages
/// call it. invalid: not a network's document, or an MTU that is no number.
[[nodiscard]] Result<plan::NetworkFacts> network_facts(const std::string &document, const std::string &name);

/// The document with this <mtu>, or without one. What was added and is taken away again leaves the bytes as they were.
/// invalid: not a network's document.
[[nodiscard]] Result<std::string> network_with_mtu(const std::string &document, const std::string &name,
                                                   std::optional<unsigned> mtu);

}  // namespace kvmtune::domain
