// <interface>: attributes of a NIC's <driver>, by the NIC's MAC address.
#include "daemon/domain/elements/kind.hpp"
#include "daemon/domain/words.hpp"

namespace kvmtune::domain {

namespace {

bool is_mac(std::string_view key) {
    if (key.size() != 17) return false;
    for (std::size_t i = 0; i < key.size(); ++i) {
        const bool digit = (key[i] >= '0' && key[i] <= '9') || (key[i] >= 'a' && key[i] <= 'f');
        if (i % 3 == 2 ? key[i] != ':' : !digit) return false;
    }
    return true;
}

Result<NodeId> interface_in(const Document &document, const std::string &mac) {
    const auto found = document.index().interfaces.find(mac);
    if (found == document.index().interfaces.end()) {
        return failure(ErrorKind::not_found, document.name() + ": no interface has the MAC address " + mac);
    }
    if (found->second.size() == 1) return found->second.front();
    return document.error_at(document.tree()[found->second[1]].start_tag.begin,
                             "a second interface with the MAC address " + mac);
}

Result<plan::Value> driver_value(const Document &document, const std::string &mac, std::string_view attribute) {
    const Tree &tree = document.tree();
    const NodeId interface = TRY(interface_in(document, mac));
    const Attribute *found = tree.attribute(tree.child(interface, "driver"), attribute);
    return found == nullptr ? plan::Value() : plan::Value(found->value);
}

Result<> put_driver(Draft &draft, const std::string &mac, const std::string &attribute, const plan::Value &value) {
    const NodeId interface = TRY(interface_in(draft.document(), mac));
    NodeId driver = draft.child(interface, "driver");
    if (!value) {
        draft.drop(driver, attribute);
        return {};
    }
    if (driver == no_node) driver = draft.add(draft.place(interface, "driver"), "driver");
    draft.set(driver, attribute, *value);
    return {};
}

Result<plan::Value> name_value(const Document &document, const std::string &mac) {
    return driver_value(document, mac, "name");
}

Result<> put_name(Draft &draft, const std::string &mac, const plan::Value &value) {
    return put_driver(draft, mac, "name", value);
}

Result<plan::Value> queues_value(const Document &document, const std::string &mac) {
    return driver_value(document, mac, "queues");
}

Result<> put_queues(Draft &draft, const std::string &mac, const plan::Value &value) {
    return put_driver(draft, mac, "queues", value);
}

}  // namespace

const ElementKind driver_name = {"interface/", "/driver/name", is_mac, name_value, put_name};
const ElementKind driver_queues = {"interface/", "/driver/queues", is_mac, queues_value, put_queues};

}  // namespace kvmtune::domain
