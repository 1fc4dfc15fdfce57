// <channel>: the port of our guest agent. Its virtio-serial controller and its socket are libvirt's to add.
#include "daemon/domain/elements/keys.hpp"
#include "daemon/domain/elements/kind.hpp"

namespace kvmtune::domain {

namespace {

bool is_agent(std::string_view key) {
    return key == "org.kvmtune.agent.0";
}

NodeId channel_in(const Document &document, const std::string &name) {
    const Tree &tree = document.tree();
    for (const NodeId devices : tree.children(Tree::root, "devices")) {
        for (const NodeId channel : tree.children(devices, "channel")) {
            const NodeId target = tree.child(channel, "target");
            if (tree.value(target, "type") == "virtio" && tree.value(target, "name") == name) return channel;
        }
    }
    return no_node;
}

Result<plan::Value> channel_value(const Document &document, const std::string &name) {
    return channel_in(document, name) == no_node ? plan::Value() : plan::Value("virtio");
}

Result<> put_channel(Draft &draft, const std::string &name, const plan::Value &value) {
    if (!value) {
        draft.remove(channel_in(draft.document(), name));
        return {};
    }
    if (*value != "virtio") {
        return failure(ErrorKind::unsupported,
                       draft.document().name() + ": the channel " + name + " must be a virtio one");
    }
    const NodeId devices = child_or_bare(draft, Tree::root, "devices");
    draft.set(draft.add({devices, Where::At::last, no_node}, "channel"), "name", name);
    return {};
}

}  // namespace

const ElementKind agent_channel = {"channel/", "", is_agent, channel_value, put_channel};

}  // namespace kvmtune::domain
