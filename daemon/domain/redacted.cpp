#include "daemon/domain/redacted.hpp"

#include "daemon/domain/splices.hpp"
#include "daemon/domain/words.hpp"

namespace kvmtune::domain {

namespace {

bool is_secret_name(const std::string &name) {
    const std::string lower = lower_case(name);
    return lower == "passwd" || lower == "password";
}

bool is_secret_argument(const Node &node, const Attribute &attribute) {
    if (node.space != qemu_space || attribute.name != "value") return false;
    if (node.name == "env") return true;
    return node.name == "arg" && attribute.value.find("secret") != std::string::npos &&
           attribute.value.find("data") != std::string::npos;
}

}  // namespace

std::string redacted(const Document &document) {
    const Tree &tree = document.tree();
    Splices splices;
    std::uint32_t covered = 0;
    for (NodeId id = 0; id < tree.size(); ++id) {
        const Node &node = tree[id];
        if (node.start_tag.begin < covered) continue;
        for (const Attribute &attribute : tree.attributes_of(id)) {
            if (is_secret_name(attribute.name) || is_secret_argument(node, attribute))
                splices.add(attribute.raw, "***");
        }
        if (!is_secret_name(node.name) || node.closes_itself()) continue;
        splices.add({node.start_tag.end, node.end_tag.begin}, "***");
        covered = node.end_tag.end;
    }
    return splices.applied_to(document.bytes()).value_or("");
}

}  // namespace kvmtune::domain
