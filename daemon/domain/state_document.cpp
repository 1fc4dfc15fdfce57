#include "daemon/domain/state_document.hpp"

#include "daemon/domain/scan.hpp"
#include "daemon/domain/second_reading.hpp"

namespace kvmtune::domain {

Result<std::string> document_in_state(std::string_view state, const std::string &name) {
    const Scan scanned = TRY(scan(state, name));
    const Tree tree = TRY(tree_of(state, name, scanned));
    NodeId inner = no_node;
    if (tree.is(Tree::root, "domstatus")) inner = tree.child(Tree::root, "domain");
    if (tree.is(Tree::root, "networkstatus")) inner = tree.child(Tree::root, "network");
    if (inner == no_node)
        return error_in(state, scanned.encoding, name, tree[Tree::root].start_tag.begin,
                        "the state of neither a domain nor a network");
    const Span whole = tree[inner].whole();
    return std::string(state.substr(whole.begin, whole.end - whole.begin));
}

}  // namespace kvmtune::domain
