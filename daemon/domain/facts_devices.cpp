// What a domain says of its devices: NICs, disks, memory devices and our agent's channel.
#include "daemon/domain/elements.hpp"
#include "daemon/domain/facts_parts.hpp"
#include "daemon/domain/values.hpp"

namespace kvmtune::domain {

namespace {

/// Adds the devices of one document to facts.
class DevicesReader {
  public:
    explicit DevicesReader(const Document &document) : document_(document), tree_(document.tree()), values_(document) {}

    Result<plan::DomainFacts> read(plan::DomainFacts facts) const;

  private:
    Result<std::string> mac(NodeId interface) const;
    Result<plan::NicFacts> nic(NodeId interface) const;
    Result<plan::DiskFacts> disk(NodeId disk) const;
    bool has_host_devices(NodeId devices) const;
    std::string attribute(NodeId parent, std::string_view child, std::string_view name) const {
        return std::string(tree_.value(tree_.child(parent, child), name));
    }

    const Document &document_;
    const Tree &tree_;
    Values values_;
};

/// The bus that libvirt takes by the target's name where none is named.
std::string bus_by_name(std::string_view target) {
    if (target.starts_with("hd")) return "ide";
    if (target.starts_with("sd")) return "scsi";
    if (target.starts_with("fd")) return "fdc";
    if (target.starts_with("vd")) return "virtio";
    if (target.starts_with("xvd")) return "xen";
    return {};
}

Result<std::string> DevicesReader::mac(NodeId interface) const {
    const Attribute *address = tree_.attribute(tree_.child(interface, "mac"), "address");
    if (address == nullptr) return std::string();
    auto read = canonical_mac(address->value);
    if (!read) return document_.error_at(address->raw.begin, "this is no MAC address");
    return *std::move(read);
}

Result<plan::NicFacts> DevicesReader::nic(NodeId interface) const {
    plan::NicFacts nic;
    nic.mac = TRY(mac(interface));
    nic.type = tree_.value(interface, "type");
    nic.model = attribute(interface, "model", "type");
    const NodeId driver = tree_.child(interface, "driver");
    if (const Attribute *name = tree_.attribute(driver, "name"); name != nullptr) nic.driver = name->value;
    nic.queues = TRY(values_.number(driver, "queues"));
    nic.rx_queue_size = TRY(values_.number(driver, "rx_queue_size"));
    nic.mtu = TRY(values_.number(tree_.child(interface, "mtu"), "size"));
    nic.network = attribute(interface, "source", "network");
    nic.bridge = attribute(interface, "source", "bridge");
    nic.tap = attribute(interface, "target", "dev");
    nic.filtered = tree_.child(interface, "filterref") != no_node;
    return nic;
}

Result<plan::DiskFacts> DevicesReader::disk(NodeId id) const {
    plan::DiskFacts disk;
    disk.target = attribute(id, "target", "dev");
    disk.bus = attribute(id, "target", "bus");
    if (disk.bus.empty()) disk.bus = bus_by_name(disk.target);
    disk.type = values_.named(id, "type").value_or("file");
    disk.device = values_.named(id, "device").value_or("disk");
    if (disk.type == "file") disk.source = attribute(id, "source", "file");
    if (disk.type == "block") disk.source = attribute(id, "source", "dev");
    const NodeId driver = tree_.child(id, "driver");
    disk.format = tree_.value(driver, "type");
    disk.cache = values_.named(driver, "cache");
    disk.io = values_.named(driver, "io");
    disk.iothread = TRY(values_.number(driver, "iothread"));
    disk.has_backing = tree_.child(tree_.child(id, "backingStore"), "source") != no_node;
    return disk;
}

/// Whether devices of the host, or programs that may have such, get at the guest's memory by themselves: then the
/// kernel keeps it in place for them.
bool DevicesReader::has_host_devices(NodeId devices) const {
    const auto is_one = [&](NodeId device) {
        const auto type = tree_.value(device, "type");
        return type == "pci" || type == "mdev" || type == "hostdev" || type == "vdpa" || type == "nvme" ||
               type == "vhostvdpa" || type == "vhostuser";
    };
    const auto has_one = [&](std::string_view name) {
        const auto all = tree_.children(devices, name);
        return std::any_of(all.begin(), all.end(), is_one);
    };
    return has_one("hostdev") || has_one("interface") || has_one("disk");
}

Result<plan::DomainFacts> DevicesReader::read(plan::DomainFacts facts) const {
    for (const NodeId devices : tree_.children(Tree::root, "devices")) {
        for (const NodeId interface : tree_.children(devices, "interface")) facts.nics.push_back(TRY(nic(interface)));
        for (const NodeId each : tree_.children(devices, "disk")) facts.disks.push_back(TRY(disk(each)));
        if (tree_.child(devices, "memory") != no_node) facts.hotplug_memory = true;
        if (has_host_devices(devices)) facts.host_devices = true;
    }
    facts.agent_channel = TRY(value_of(document_, "channel/org.kvmtune.agent.0")).has_value();
    return facts;
}

}  // namespace

Result<plan::DomainFacts> with_devices(const Document &document, plan::DomainFacts facts) {
    return DevicesReader(document).read(std::move(facts));
}

}  // namespace kvmtune::domain
