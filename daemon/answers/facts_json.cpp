#include "daemon/answers/facts_json.hpp"

namespace kvmtune::answers {

namespace {

Json number(std::uint64_t value) {
    return static_cast<std::int64_t>(value);
}

Json value_json(bool value) {
    return value;
}
Json value_json(const std::string &value) {
    return value;
}
Json value_json(unsigned value) {
    return value;
}
Json value_json(std::uint64_t value) {
    return number(value);
}
Json value_json(const CpuSet &value) {
    return value.text();
}
Json value_json(const plan::CpuTopology &topology) {
    Json json;
    json.add("sockets", topology.sockets);
    json.add("dies", topology.dies);
    json.add("clusters", topology.clusters);
    json.add("cores", topology.cores);
    json.add("threads", topology.threads);
    return json;
}

/// Members one by one; what is empty or not known is none.
class Members {
  public:
    Members &add(const char *name, const char *value) {
        json_.add(name, value);
        return *this;
    }
    template <class T>
    Members &add(const char *name, const T &value) {
        json_.add(name, value_json(value));
        return *this;
    }
    Members &add(const char *name, const std::string &value) {
        if (!value.empty()) json_.add(name, value);
        return *this;
    }
    template <class T>
    Members &add(const char *name, const std::optional<T> &value) {
        if (value) json_.add(name, value_json(*value));
        return *this;
    }
    template <class Key, class T>
    Members &add(const char *name, const std::map<Key, T> &values) {
        Json all{Json::Object{}};
        for (const auto &[key, value] : values) all.add(text_of_key(key), value_json(value));
        return values.empty() ? *this : put(name, std::move(all));
    }
    template <class T>
    Members &add(const char *name, const std::set<T> &values) {
        Json all{Json::Array{}};
        for (const auto &value : values) all.push(value_json(value));
        return values.empty() ? *this : put(name, std::move(all));
    }
    /// Each item of a list by a function.
    template <class T>
    Members &list(const char *name, const std::vector<T> &values, Json (*json_of_item)(const T &)) {
        Json all{Json::Array{}};
        for (const auto &value : values) all.push(json_of_item(value));
        return values.empty() ? *this : put(name, std::move(all));
    }
    Members &put(const char *name, Json value) {
        json_.add(name, std::move(value));
        return *this;
    }
    [[nodiscard]] Json json() const { return json_; }

  private:
    static std::string text_of_key(const std::string &key) { return key; }
    static std::string text_of_key(std::uint64_t key) { return std::to_string(key); }

    Json json_{Json::Object{}};
};

Json pool_json(const plan::HugePagePool &pool) {
    return Members()
        .add("node", pool.node)
        .add("page_kib", pool.page_kib)
        .add("total", pool.total)
        .add("free", pool.free)
        .add("surplus", pool.surplus)
        .add("granted", pool.limit ? std::optional(pool.limit->granted) : std::nullopt)
        .json();
}

Json memory_json(const plan::NodeMemory &memory) {
    return Members()
        .add("node", memory.node)
        .add("total", memory.total)
        .add("free", memory.free)
        .add("free_blocks", memory.free_blocks)
        .json();
}

/// An empty set is left out.
std::optional<CpuSet> shown(const CpuSet &cpus) {
    return cpus.empty() ? std::nullopt : std::optional(cpus);
}

Json link_json(const plan::Link &link) {
    return Members()
        .add("name", link.name)
        .add("index", link.index)
        .add("mtu", link.mtu)
        .add("kind", link.kind)
        .add("master", link.master)
        .add("node", link.node)
        .add("manager", link.manager)
        .add("mac", link.mac)
        .add("interrupt_cpus", shown(link.interrupt_cpus))
        .json();
}

Json partition_json(const plan::CpuPartition &partition) {
    return Members().add("cgroup", partition.cgroup).add("cpus", partition.cpus).json();
}

Json text_json(const std::string &text) {
    return text;
}

Json network_json(const plan::NetworkFacts &network) {
    return Members()
        .add("name", network.name)
        .add("uuid", network.uuid)
        .add("bridge", network.bridge)
        .add("forward", network.forward)
        .add("mtu", network.mtu)
        .add("persistent", network.persistent)
        .add("active", network.active)
        .list("devices", network.devices, text_json)
        .json();
}

Json sysctl_line_json(const plan::SysctlLine &line) {
    return Members()
        .add("file", line.file)
        .add("line", line.line)
        .add("sysctl", line.sysctl)
        .add("value", line.value)
        .json();
}

Json nic_json(const plan::NicFacts &nic) {
    return Members()
        .add("mac", nic.mac)
        .add("type", nic.type)
        .add("model", nic.model)
        .add("driver", nic.driver)
        .add("queues", nic.queues)
        .add("rx_queue_size", nic.rx_queue_size)
        .add("mtu", nic.mtu)
        .add("network", nic.network)
        .add("bridge", nic.bridge)
        .add("tap", nic.tap)
        .add("filtered", nic.filtered)
        .json();
}

Json disk_json(const plan::DiskFacts &disk) {
    return Members()
        .add("target", disk.target)
        .add("bus", disk.bus)
        .add("type", disk.type)
        .add("device", disk.device)
        .add("source", disk.source)
        .add("format", disk.format)
        .add("cache", disk.cache)
        .add("io", disk.io)
        .add("iothread", disk.iothread)
        .add("has_backing", disk.has_backing)
        .json();
}

Json cell_json(const plan::GuestCell &cell) {
    return Members().add("id", cell.id).add("vcpus", cell.vcpus).add("memory", cell.memory).json();
}

Json cpu_model_json(const plan::CpuModelFacts &cpu) {
    return Members()
        .add("mode", cpu.mode)
        .add("match", cpu.match)
        .add("model", cpu.model)
        .add("topology", cpu.topology)
        .add("features", cpu.features)
        .add("cache_mode", cpu.cache_mode)
        .list("cells", cpu.cells, cell_json)
        .json();
}

Json backing_json(const plan::BackingFacts &backing) {
    return Members()
        .add("hugepages", backing.hugepages)
        .add("page_kib", backing.page_kib)
        .add("pages_by_node", backing.pages_by_node)
        .add("source", backing.source)
        .add("allocation", backing.allocation)
        .json();
}

Json guest_nic_json(const plan::GuestNic &nic) {
    return Members()
        .add("mac", nic.mac)
        .add("name", nic.name)
        .add("channels", nic.channels)
        .add("channels_max", nic.channels_max)
        .add("mtu", nic.mtu)
        .add("mtu_max", nic.mtu_max)
        .add("rx_ring", nic.rx_ring)
        .add("rx_ring_max", nic.rx_ring_max)
        .add("tx_ring", nic.tx_ring)
        .add("tx_ring_max", nic.tx_ring_max)
        .add("rings_fixed", nic.rings_fixed)
        .add("kept_name", nic.kept_name)
        .json();
}

Json disks_json(const std::map<std::string, plan::DiskProbe> &disks) {
    Json all{Json::Object{}};
    for (const auto &[path, probe] : disks)
        all.add(path, Members()
                          .add("direct", probe.direct)
                          .add("fully_allocated", probe.fully_allocated)
                          .add("why_not", probe.why_not)
                          .json());
    return all;
}

}  // namespace

Json cpu_json(const plan::Cpu &cpu) {
    return Members()
        .add("index", cpu.index)
        .add("core", cpu.core)
        .add("node", cpu.node)
        .add("package", cpu.package)
        .add("cache", cpu.cache)
        .add("kind", cpu.kind)
        .json();
}

Json node_json(const plan::Node &node) {
    return Members().add("index", node.index).add("memory", node.memory).add("cpus", node.cpus).json();
}

Json json_of(const plan::HostFacts &host) {
    Members members;
    members.add("kernel", host.kernel).add("boot_id", host.boot_id).add("cpu_vendor", host.cpu_vendor);
    if (host.memory != 0) members.add("memory", host.memory);
    members.list("nodes", host.topology.nodes, node_json)
        .list("cpus", host.topology.cpus, cpu_json)
        .add("modules", host.modules)
        .add("loadable", host.loadable)
        .add("sysctls", host.sysctls)
        .list("sysctl_lines", host.sysctl_lines, sysctl_line_json)
        .list("tuned_lines", host.tuned_lines, sysctl_line_json)
        .list("pools", host.pools, pool_json)
        .list("node_memory", host.node_memory, memory_json)
        .add("transparent_pages", host.transparent_pages)
        .add("bridge_filter_users", host.bridge_filter_users)
        .add("thread_movers", host.thread_movers)
        .add("offline_cpus", shown(host.offline_cpus))
        .add("isolated_cpus", shown(host.isolated_cpus))
        .add("tickless_cpus", shown(host.tickless_cpus))
        .list("partitions", host.partitions, partition_json)
        .add("guest_cpus", host.guest_cpus)
        .list("links", host.links, link_json)
        .list("networks", host.networks, network_json);
    if (host.qemu_reads_nodes) members.add("qemu_reads_nodes", *host.qemu_reads_nodes);
    if (!host.disks.empty()) members.put("disks", disks_json(host.disks));
    return members.add("described", host.described).json();
}

Json json_of(const plan::DomainFacts &domain) {
    Members members;
    members.add("name", domain.name)
        .add("uuid", domain.uuid)
        .add("title", domain.title)
        .add("type", domain.type)
        .add("arch", domain.arch)
        .add("os_type", domain.os_type)
        .add("machine", domain.machine)
        .add("vcpus", domain.vcpus)
        .add("vcpus_at_start", domain.vcpus_at_start)
        .add("individual_vcpus", domain.individual_vcpus)
        .add("memory", domain.memory)
        .add("memory_at_start", domain.memory_at_start)
        .add("hotplug_memory", domain.hotplug_memory)
        .add("vcpu_cpuset", domain.vcpu_cpuset)
        .add("automatic_placement", domain.automatic_placement)
        .add("vcpupins", domain.vcpupins)
        .add("emulatorpin", domain.emulatorpin)
        .add("iothreadpins", domain.iothreadpins)
        .add("iothreads", domain.iothreads)
        .add("memory_nodes", domain.memory_nodes)
        .add("memory_mode", domain.memory_mode)
        .add("memory_by_cell", domain.memory_by_cell)
        .put("backing", backing_json(domain.backing));
    if (domain.cpu) members.put("cpu", cpu_model_json(*domain.cpu));
    return members.add("protection", domain.protection)
        .add("own_cpu_argument", domain.own_cpu_argument)
        .list("nics", domain.nics, nic_json)
        .list("disks", domain.disks, disk_json)
        .add("host_devices", domain.host_devices)
        .add("agent_channel", domain.agent_channel)
        .add("policy_tags", domain.policy_tags)
        .add("own_policy", domain.own_policy)
        .json();
}

Json json_of(const plan::GuestFacts &guest) {
    return Members()
        .add("agent_version", guest.agent_version)
        .add("boot_id", guest.boot_id)
        .add("cpus", guest.cpus)
        .add("memory", guest.memory)
        .add("kernel", guest.kernel)
        .add("ahci", guest.ahci)
        .add("virtio_1", guest.virtio_1)
        .add("sysctl_names", guest.sysctl_names)
        .add("sysctls", guest.sysctls)
        .list("nics", guest.nics, guest_nic_json)
        .json();
}

Json json_of(const plan::DomainSituation &domain) {
    Json json = json_of(domain.facts);
    json.add("running", domain.running);
    json.add("persistent", domain.persistent);
    if (domain.policy) json.add("policy", domain.policy->source);
    if (domain.guest) json.add("guest", json_of(*domain.guest));
    return json;
}

}  // namespace kvmtune::answers
