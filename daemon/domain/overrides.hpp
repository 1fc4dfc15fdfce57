// The administrator's fragments: files of etc/kvmtune/xml-templates with the names of ours.
#pragma once

#include "base/result.hpp"
#include "base/root.hpp"
#include "daemon/domain/fragment.hpp"

namespace kvmtune::domain {

/// The built-in fragments with those files over them. Only names that end with ".xml" are read; without the folder, all
/// are ours. Errors, "file:line:column: cause" of the first file that cannot be used: those of Fragments::replaced(),
/// and a fragment whose element kvmtune would not find again with its values, or not take back without a trace.
[[nodiscard]] Result<Fragments> fragments_in(const Root &root);

}  // namespace kvmtune::domain
