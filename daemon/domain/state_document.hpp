// The files in which libvirt notes what runs: <domstatus> and <networkstatus>, with the document in them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace kvmtune::domain {

/// The <domain> of a <domstatus> or the <network> of a <networkstatus>, byte for byte. Name is what messages call the
/// file. invalid: it is neither.
[[nodiscard]] Result<std::string> document_in_state(std::string_view state, const std::string &name);

}  // namespace kvmtune::domain
