// The element <kvmtune:tuned>, read and written.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "daemon/domain/document.hpp"
#include "daemon/domain/metadata.hpp"

namespace kvmtune::domain {

inline constexpr std::string_view our_space = "urn:kvmtune:domain:1";

/// Whether it is the element of this name in our namespace.
[[nodiscard]] bool is_ours(const Tree &tree, NodeId id, std::string_view name);

/// What a block says. Errors as of tuned_in().
[[nodiscard]] Result<Tuned> read_block(const Document &document, NodeId block);

/// A block's text for a document of this encoding, lines indented by two blanks a level; the users' elements, as they
/// were written, come first in it.
[[nodiscard]] std::string block_text(const Tuned &tuned, const std::vector<std::string> &users, Encoding encoding);

}  // namespace kvmtune::domain
