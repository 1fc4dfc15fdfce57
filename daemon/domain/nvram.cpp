#include "daemon/domain/nvram.hpp"

#include "daemon/domain/words.hpp"

namespace kvmtune::domain {

std::optional<std::string> nvram_in(const Document &document) {
    const Tree &tree = document.tree();
    const NodeId nvram = tree.child(tree.child(Tree::root, "os"), "nvram");
    if (nvram == no_node) return std::nullopt;
    // Since libvirt 8.5 it may name a source instead, of a type.
    const auto source = tree.value(tree.child(nvram, "source"), "file");
    const auto path = source.empty() ? trimmed(tree[nvram].text) : source;
    return path.starts_with('/') ? std::optional(std::string(path.substr(1))) : std::nullopt;
}

}  // namespace kvmtune::domain
