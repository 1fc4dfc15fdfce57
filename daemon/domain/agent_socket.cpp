#include "daemon/domain/agent_socket.hpp"

namespace kvmtune::domain {

std::optional<std::string> agent_socket_in(const Document &live) {
    const auto &tree = live.tree();
    for (const auto channel : tree.children(tree.child(Tree::root, "devices"), "channel")) {
        if (tree.value(tree.child(channel, "target"), "name") != "org.kvmtune.agent.0") continue;
        const auto path = tree.value(tree.child(channel, "source"), "path");
        if (!path.empty()) return std::string(path);
    }
    return std::nullopt;
}

}  // namespace kvmtune::domain
