// libxml2's reading of a document, laid over our own scan: names, namespaces, values and text come from libxml2, byte
// ranges from the scan, and both must see the same elements and attributes in the same order and depth.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "daemon/domain/scan.hpp"
#include "daemon/domain/tree.hpp"

namespace kvmtune::domain {

/// The tree of a scanned document. Errors are "name:line:column: cause" and quote nothing of the document.
[[nodiscard]] Result<Tree> tree_of(std::string_view bytes, const std::string &name, const Scan &scan);

}  // namespace kvmtune::domain
