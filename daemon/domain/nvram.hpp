// The file of a guest's UEFI variables.
#pragma once

#include <optional>
#include <string>

#include "daemon/domain/document.hpp"

namespace kvmtune::domain {

/// The path that the definition names, from the root without leading slash; nullopt if it has none, or something else
/// than a file.
[[nodiscard]] std::optional<std::string> nvram_in(const Document &document);

}  // namespace kvmtune::domain
