#include "daemon/domain/network_xml.hpp"

#include <string_view>

#include "daemon/domain/scan.hpp"
#include "daemon/domain/second_reading.hpp"
#include "daemon/domain/splices.hpp"
#include "daemon/domain/words.hpp"

namespace kvmtune::domain {

namespace {

struct Network {
    Encoding encoding = Encoding::utf8;
    Tree tree;
};

Result<Network> network_in(std::string_view bytes, const std::string &name) {
    const Scan scanned = TRY(scan(bytes, name));
    Network network;
    network.encoding = scanned.encoding;
    network.tree = TRY(tree_of(bytes, name, scanned));
    if (network.tree.is(Tree::root, "network")) return network;
    return error_in(bytes, network.encoding, name, network.tree[Tree::root].start_tag.begin,
                    "the root element must be <network>");
}

/// The line end and the blanks before this byte, if nothing else stands before it on its line.
std::string_view line_start(std::string_view bytes, std::uint32_t offset) {
    std::size_t begin = offset;
    while (begin > 0 && (bytes[begin - 1] == ' ' || bytes[begin - 1] == '\t')) --begin;
    if (begin == 0 || bytes[begin - 1] != '\n') return {};
    --begin;
    if (begin > 0 && bytes[begin - 1] == '\r') --begin;
    return bytes.substr(begin, offset - begin);
}

/// libvirt prints <mtu> behind <bridge>; it takes it anywhere.
NodeId neighbour_of_mtu(const Tree &tree) {
    for (const char *name : {"bridge", "forward", "uuid", "name"})
        if (const NodeId id = tree.child(Tree::root, name); id != no_node) return id;
    return no_node;
}

std::string forward_mode(const Tree &tree) {
    const NodeId forward = tree.child(Tree::root, "forward");
    if (forward == no_node) return {};
    const std::string mode(tree.value(forward, "mode"));
    return mode.empty() ? "nat" : mode;
}

std::string text_of(const Tree &tree, std::string_view child) {
    const NodeId id = tree.child(Tree::root, child);
    return id == no_node ? std::string() : std::string(trimmed(tree[id].text));
}

/// What a network without a bridge hands out, by macvtap or as it is: <interface dev> of its <forward>, or a card whose
/// virtual functions it hands out, <pf dev>.
std::vector<std::string> devices_in(const Tree &tree) {
    std::vector<std::string> devices;
    const NodeId forward = tree.child(Tree::root, "forward");
    if (forward == no_node) return devices;
    for (const char *kind : {"interface", "pf"})
        for (const NodeId device : tree.children(forward, kind)) devices.emplace_back(tree.value(device, "dev"));
    return devices;
}

}  // namespace

Result<plan::NetworkFacts> network_facts(const std::string &document, const std::string &name) {
    const Network network = TRY(network_in(document, name));
    const Tree &tree = network.tree;
    plan::NetworkFacts facts;
    facts.name = text_of(tree, "name");
    facts.uuid = lower_case(text_of(tree, "uuid"));
    facts.bridge = tree.value(tree.child(Tree::root, "bridge"), "name");
    facts.forward = forward_mode(tree);
    if (facts.bridge.empty()) facts.devices = devices_in(tree);
    const Attribute *size = tree.attribute(tree.child(Tree::root, "mtu"), "size");
    if (size == nullptr) return facts;
    facts.mtu = number_in(trimmed(size->value));
    if (!facts.mtu) return error_in(document, network.encoding, name, size->raw.begin, "this MTU is no number");
    return facts;
}

Result<std::string> network_with_mtu(const std::string &document, const std::string &name,
                                     std::optional<unsigned> mtu) {
    const Network network = TRY(network_in(document, name));
    const Tree &tree = network.tree;
    const NodeId present = tree.child(Tree::root, "mtu");
    Splices splices;
    if (present != no_node) {
        Span whole = tree[present].whole();
        const std::string_view start = line_start(document, whole.begin);
        const Attribute *size = tree.attribute(present, "size");
        if (mtu && size != nullptr) {
            splices.add(size->raw, std::to_string(*mtu));
        } else if (mtu) {
            splices.add(whole, "<mtu size='" + std::to_string(*mtu) + "'/>");
        } else {
            whole.begin -= static_cast<std::uint32_t>(start.size());
            splices.add(whole, "");
        }
    } else if (mtu) {
        const NodeId neighbour = neighbour_of_mtu(tree);
        if (neighbour == no_node)
            return error_in(document, network.encoding, name, tree[Tree::root].start_tag.begin,
                            "a network without a name");
        const Span beside = tree[neighbour].whole();
        const std::string start(line_start(document, beside.begin));
        splices.add({beside.end, beside.end}, start + "<mtu size='" + std::to_string(*mtu) + "'/>");
    }
    return splices.applied_to(document);
}

}  // namespace kvmtune::domain
