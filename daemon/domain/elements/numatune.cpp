// <numatune><memory>: the host's NUMA nodes that the guest's memory comes from.
#include "daemon/domain/elements/keys.hpp"
#include "daemon/domain/elements/kind.hpp"

namespace kvmtune::domain {

namespace {

Result<plan::Value> memory_value(const Document &document, std::string_view attribute) {
    const Tree &tree = document.tree();
    return attribute_value(document, tree.child(tree.child(Tree::root, "numatune"), "memory"), attribute);
}

Result<> put_memory(Draft &draft, const std::string &attribute, const plan::Value &value) {
    const NodeId numatune = child_or_bare(draft, Tree::root, "numatune");
    const NodeId memory = child_or_fragment(draft, numatune, "memory", "memory");
    if (value) {
        draft.set(memory, attribute, *value);
    } else {
        draft.drop(memory, attribute);
    }
    return {};
}

}  // namespace

const ElementKind memory_mode = {
    "numatune/memory/mode", "", is_nothing,
    [](const Document &document, const std::string &) { return memory_value(document, "mode"); },
    [](Draft &draft, const std::string &, const plan::Value &value) { return put_memory(draft, "mode", value); }};
const ElementKind memory_nodeset = {
    "numatune/memory/nodeset", "", is_nothing,
    [](const Document &document, const std::string &) { return memory_value(document, "nodeset"); },
    [](Draft &draft, const std::string &, const plan::Value &value) { return put_memory(draft, "nodeset", value); }};

}  // namespace kvmtune::domain
