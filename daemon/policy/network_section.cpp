// The keys of [network.NAME]. What a later file does not name stays as the earlier one has it.
#include "daemon/policy/section.hpp"

namespace kvmtune::policy {

namespace {

/// Libvirt takes any name but these.
bool is_network_name(const std::string &name) {
    return !name.empty() && name.find_first_of("/\n") == std::string::npos;
}

}  // namespace

plan::Policy with_networks(plan::Policy before, const Node &sections, Reading &reading) {
    if (sections.table() == nullptr) {
        reading.mistake(sections.at, "network: must be written as [network.NAME], not as " + sections.kind());
        return before;
    }
    for (const auto &[name, section] : *sections.table()) {
        const std::string path = "network." + name;
        if (!is_network_name(name)) reading.mistake(section.at, "network: \"" + name + "\" is not a network's name");
        auto &network = before.networks[name];
        network.source = reading.source(section.at);
        for (const auto &[key, node] : reading.members(path, section, {"mtu", "bridge_netfilter"})) {
            const std::string full = path + "." + key;
            before.sources[full] = reading.source(node.at);
            if (key == "mtu") network.mtu = reading.value(full, node, network_mtu).value_or(std::nullopt);
            if (key == "bridge_netfilter")
                network.bridge_netfilter =
                    reading.value(full, node, bridge_netfilter).value_or(network.bridge_netfilter);
        }
    }
    return before;
}

}  // namespace kvmtune::policy
