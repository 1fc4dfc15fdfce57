#include "daemon/libvirt/network.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/libvirt/error.hpp"

namespace kvmtune::libvirt {

namespace {

std::string name_of(const Network &network) {
    const char *name = virNetworkGetName(network.get());
    return name == nullptr ? "" : name;
}

/// With libvirt's last error, which naming the network would forget.
tl::unexpected<Error> unreadable(const Network &network) {
    Error error = last_error();
    return within("read network " + name_of(network), std::move(error));
}

/// libvirt's yes (1), no (0) or failure (-1).
Result<bool> answer(int said, const Network &network) {
    if (said < 0) return unreadable(network);
    return said == 1;
}

Result<std::string> document(const Network &network, unsigned flags) {
    const Text text(virNetworkGetXMLDesc(network.get(), flags));
    if (!text) return unreadable(network);
    return std::string(text.get());
}

/// A driver with one document a network (test) refuses the flag for the other.
Result<std::string> definition_of(const Network &network) {
    auto definition = document(network, VIR_NETWORK_XML_INACTIVE);
    if (definition || definition.error().kind != ErrorKind::invalid) return definition;
    return document(network, 0);
}

Result<std::string> uuid_of(const Network &network) {
    std::array<char, VIR_UUID_STRING_BUFLEN> text{};
    if (virNetworkGetUUIDString(network.get(), text.data()) < 0) return unreadable(network);
    return std::string(text.data());
}

Result<apply::NetworkRecord> record_of(const Network &network) {
    apply::NetworkRecord record;
    record.uuid = TRY(uuid_of(network));
    record.name = name_of(network);
    record.persistent = TRY(answer(virNetworkIsPersistent(network.get()), network));
    record.active = TRY(answer(virNetworkIsActive(network.get()), network));
    if (record.persistent) {
        int autostart = 0;
        if (virNetworkGetAutostart(network.get(), &autostart) < 0) return unreadable(network);
        record.autostart = autostart != 0;
        record.definition = TRY(definition_of(network));
    }
    if (record.active) record.live = TRY(document(network, 0));
    return record;
}

Result<std::vector<Network>> list(const Connection &connection) {
    virNetworkPtr *raw = nullptr;
    const int count = virConnectListAllNetworks(connection.get(), &raw, 0);
    if (count < 0) return libvirt_failure("list the networks");
    std::vector<Network> networks;
    for (int at = 0; at < count; at++) networks.emplace_back(raw[at]);
    std::free(raw);
    return networks;
}

/// libvirt before 7.7 has no check against the schema.
Network defined(const Connection &connection, const std::string &xml) {
#if LIBVIR_CHECK_VERSION(7, 7, 0)
    Network network(virNetworkDefineXMLFlags(connection.get(), xml.c_str(), VIR_NETWORK_DEFINE_VALIDATE));
    if (network || last_error().kind != ErrorKind::unsupported) return network;
#endif
    return Network(virNetworkDefineXML(connection.get(), xml.c_str()));
}

}  // namespace

Result<std::vector<apply::NetworkRecord>> networks_of(const Connection &connection) {
    const auto listed = list(connection);
    std::vector<apply::NetworkRecord> records;
    if (!listed && listed.error().kind == ErrorKind::unsupported) return records;
    if (!listed) return tl::unexpected<Error>(listed.error());
    for (const auto &network : *listed) {
        auto record = record_of(network);
        if (record)
            records.push_back(*std::move(record));
        else if (record.error().kind != ErrorKind::not_found)
            return tl::unexpected<Error>(std::move(record).error());
    }
    std::sort(records.begin(), records.end(),
              [](const auto &left, const auto &right) { return left.name < right.name; });
    return records;
}

Result<std::string> define_network(const Connection &connection, const std::string &xml) {
    const Network network = defined(connection, xml);
    if (!network) return libvirt_failure("define network");
    return definition_of(network);
}

}  // namespace kvmtune::libvirt
