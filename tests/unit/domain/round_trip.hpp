// The property that the whole folder stands for: a document can be edited and taken back, and nothing else of it
// changes.
#pragma once

#include <string>

namespace kvmtune::domain::samples {

/// What went wrong on the way there and back for these bytes; empty if nothing did, "unreadable" if they are no domain.
[[nodiscard]] std::string round_trip(const std::string &bytes);

}  // namespace kvmtune::domain::samples
