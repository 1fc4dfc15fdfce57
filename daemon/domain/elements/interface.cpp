// <interface>: attributes of a NIC's <driver> and its MTU, by the NIC's MAC address.
#include "daemon/domain/elements/keys.hpp"
#include "daemon/domain/elements/kind.hpp"

namespace kvmtune::domain {

namespace {

Result<NodeId> interface_in(const Document &document, const std::string &mac) {
    const auto found = document.index().interfaces.find(mac);
    if (found == document.index().interfaces.end()) {
        return failure(ErrorKind::not_found, document.name() + ": no interface has the MAC address " + mac);
    }
    if (found->second.size() == 1) return found->second.front();
    return document.error_at(document.tree()[found->second[1]].start_tag.begin,
                             "a second interface with the MAC address " + mac);
}

/// An attribute of a child of the interface, which comes from the fragment of its name where there is none.
Result<plan::Value> value_in(const Document &document, const std::string &mac, std::string_view child,
                             std::string_view attribute) {
    const NodeId interface = TRY(interface_in(document, mac));
    return attribute_value(document, document.tree().child(interface, child), attribute);
}

Result<> put_in(Draft &draft, const std::string &mac, const std::string &child, const std::string &attribute,
                const plan::Value &value) {
    const NodeId interface = TRY(interface_in(draft.document(), mac));
    if (value) {
        draft.set(child_or_fragment(draft, interface, child, child), attribute, *value);
    } else {
        draft.drop(draft.child(interface, child), attribute);
    }
    return {};
}

}  // namespace

const ElementKind driver_name = {
    "interface/", "/driver/name", is_mac,
    [](const Document &document, const std::string &mac) { return value_in(document, mac, "driver", "name"); },
    [](Draft &draft, const std::string &mac, const plan::Value &value) {
        return put_in(draft, mac, "driver", "name", value);
    }};
const ElementKind driver_queues = {
    "interface/", "/driver/queues", is_mac,
    [](const Document &document, const std::string &mac) { return value_in(document, mac, "driver", "queues"); },
    [](Draft &draft, const std::string &mac, const plan::Value &value) {
        return put_in(draft, mac, "driver", "queues", value);
    }};
const ElementKind driver_rx_queue_size = {
    "interface/", "/driver/rx_queue_size", is_mac,
    [](const Document &document, const std::string &mac) { return value_in(document, mac, "driver", "rx_queue_size"); },
    [](Draft &draft, const std::string &mac, const plan::Value &value) {
        return put_in(draft, mac, "driver", "rx_queue_size", value);
    }};
const ElementKind interface_mtu = {
    "interface/", "/mtu", is_mac,
    [](const Document &document, const std::string &mac) { return value_in(document, mac, "mtu", "size"); },
    [](Draft &draft, const std::string &mac, const plan::Value &value) {
        return put_in(draft, mac, "mtu", "size", value);
    }};

}  // namespace kvmtune::domain
