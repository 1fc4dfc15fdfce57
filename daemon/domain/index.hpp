// Where the elements stand that are asked for by a key: pins by vCPU, interfaces by MAC address.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/domain/tree.hpp"

namespace kvmtune::domain {

struct Index {
    std::map<unsigned, std::vector<NodeId>> vcpupins;       ///< of all <cputune>, in document order
    std::map<std::string, std::vector<NodeId>> interfaces;  ///< by MAC address in lower case, in document order
};

/// The index of a domain document. What has no readable key is not in it.
[[nodiscard]] Index index_of(const Tree &tree);

}  // namespace kvmtune::domain
