// The reference recipe as data: its guest and host, all that it sets there, and what we set otherwise.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace kvmtune::recipe {

using Settings = std::map<std::string, std::string>;

inline constexpr std::uint64_t gib = 1u << 30;
inline constexpr const char *machine = "package:2 [numa(memory=96GB)] core:18 pu:2(indexes=2*36:1*2)";

/// The recipe's guest before the recipe.
inline constexpr const char *document = R"(<domain type='kvm'>
  <name>perf01</name>
  <uuid>2f1b6a3e-8f5c-4b55-9d0e-6d0b7c1a9e42</uuid>
  <memory unit='GiB'>8</memory>
  <vcpu placement='static'>8</vcpu>
  <os>
    <type arch='x86_64' machine='pc-q35-rhel9.4.0'>hvm</type>
  </os>
  <devices>
    <disk type='block' device='disk'>
      <driver name='qemu' type='raw'/>
      <source dev='/dev/nvme1n1'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <interface type='network'>
      <mac address='52:54:00:12:34:56'/>
      <source network='default'/>
      <model type='virtio'/>
    </interface>
  </devices>
</domain>
)";

inline const Settings buffers = {
    {"net.core.rmem_max", "16777216"},
    {"net.core.wmem_max", "16777216"},
    {"net.core.rmem_default", "1048576"},
    {"net.core.wmem_default", "1048576"},
    {"net.core.netdev_max_backlog", "5000"},
    {"net.core.somaxconn", "65535"},
    {"net.ipv4.tcp_rmem", "4096 1048576 16777216"},
    {"net.ipv4.tcp_wmem", "4096 1048576 16777216"},
};

inline const Settings bridge_filter = {
    {"net.bridge.bridge-nf-call-arptables", "0"},
    {"net.bridge.bridge-nf-call-ip6tables", "0"},
    {"net.bridge.bridge-nf-call-iptables", "0"},
};

inline void add_all(Settings &settings, const std::string &place, const Settings &more) {
    for (const auto &[name, value] : more) settings[place + name] = value;
}

/// All that the recipe sets, measure by measure.
inline Settings all_settings() {
    Settings settings = {
        {"host: module vhost_net", "loaded"},
        {"boot: module vhost_net", "loaded"},
        {"host: module br_netfilter", "loaded"},
        {"host: huge pages of 2 MiB", "8192"},
        {"boot: huge pages of 2 MiB", "8192"},
        {"host: mtu of virbr0", "9000"},
        {"xml: memoryBacking/hugepages", "default"},
        {"xml: cputune/emulatorpin", "8-9"},
        {"xml: cpu/mode", "host-passthrough"},
        {"xml: cpu/check", "none"},
        {"xml: cpu/topology", "sockets=1 dies=1 cores=8 threads=1"},
        {"xml: interface/52:54:00:12:34:56/driver/name", "vhost"},
        {"xml: interface/52:54:00:12:34:56/driver/queues", "8"},
        {"xml: disk/vda/driver/cache", "none"},
        {"xml: disk/vda/driver/io", "native"},
        {"xml: machine", "pc-q35-rhel9.4.0"},
        {"xml: memory", std::to_string(8 * gib)},
        {"xml: vcpus", "8"},
        {"xml: interface's model", "virtio"},
        {"xml: interface's network", "default"},
        {"xml: disk", "block /dev/nvme1n1 as raw"},
        {"guest: nic/52:54:00:12:34:56/channels", "8"},
        {"guest: nic/52:54:00:12:34:56/mtu", "9000"},
    };
    for (unsigned vcpu = 0; vcpu < 8; ++vcpu)
        settings["xml: cputune/vcpupin/" + std::to_string(vcpu)] = std::to_string(vcpu);
    for (const std::string place : {"host: ", "boot: "}) {
        add_all(settings, place, buffers);
        add_all(settings, place, bridge_filter);
    }
    add_all(settings, "guest: sysctl/", buffers);
    return settings;
}

/// What we set otherwise than the recipe, or beside it, and why. "-" is what is not set.
struct Difference {
    std::string ours;
    std::string why;
};

inline const std::string on_threads =
    "a CPU of node 0 that is not housekeeping; two vCPUs share a core, no two guests do";
inline const std::string black_hole =
    "a guest that takes 1500 loses what is larger: all members of the bridge are raised";
inline const std::string worker = "vhost workers get CPUs of their own, two queues each, off the emulator's";

inline const std::map<std::string, Difference> differences = {
    {"xml: cputune/vcpupin/0", {"1", on_threads}},
    {"xml: cputune/vcpupin/1", {"37", on_threads}},
    {"xml: cputune/vcpupin/3", {"38", on_threads}},
    {"xml: cputune/vcpupin/4", {"3", on_threads}},
    {"xml: cputune/vcpupin/5", {"39", on_threads}},
    {"xml: cputune/vcpupin/6", {"4", on_threads}},
    {"xml: cputune/vcpupin/7", {"40", on_threads}},
    {"xml: cputune/emulatorpin",
     {"0,5-6,36,41-42", "eight vhost workers on the recipe's two CPUs are its ceiling: they get four beside them"}},
    {"xml: cpu/topology", {"sockets=1 dies=1 cores=4 threads=2", "the vCPUs sit on both threads of four cores"}},
    {"xml: cpu/migratable", {"on", "libvirt's default for host-passthrough, written out"}},
    {"xml: interface/52:54:00:12:34:56/driver/rx_queue_size", {"1024", "room for bursts, not in the recipe"}},
    {"xml: interface/52:54:00:12:34:56/mtu", {"9000", "the guest cannot exceed it; with it the tap has 9000 too"}},
    {"xml: numatune/memory/mode", {"restrictive", "the memory stays beside the vCPUs, not in the recipe"}},
    {"xml: numatune/memory/nodeset", {"0", "the memory stays beside the vCPUs, not in the recipe"}},
    {"xml: channel/org.kvmtune.agent.0", {"virtio", "the way to the guest's own settings"}},
    {"host: huge pages of 2 MiB", {"4096", "as many as the guest has memory, all on its node"}},
    {"boot: huge pages of 2 MiB", {"4096", "as many as the guest has memory, all on its node"}},
    {"host: module br_netfilter", {"-", "what is not loaded filters nothing; a udev rule waits for it"}},
    {"boot: br_netfilter by udev", {"0 0 0", "whenever somebody else loads the module"}},
    {"host: mtu of virbr0", {"-", black_hole + ", and it follows them"}},
    {"host: mtu of vnet0", {"9000", black_hole}},
    {"host: mtu of the network default", {"9000", "virbr0 has it at the next start of the network too"}},
    {"host: net.ipv4.tcp_mtu_probing", {"1", "beyond the host a router may carry less and not say so"}},
    {"boot: net.ipv4.tcp_mtu_probing", {"1", "beyond the host a router may carry less and not say so"}},
    {"guest: sysctl/net.ipv4.tcp_mtu_probing", {"1", "beyond the host a router may carry less and not say so"}},
    {"running: vhost/52:54:00:12:34:56/0", {"5", worker}},
    {"running: vhost/52:54:00:12:34:56/1", {"6", worker}},
    {"running: vhost/52:54:00:12:34:56/2", {"41", worker}},
    {"running: vhost/52:54:00:12:34:56/3", {"42", worker}},
    {"running: vhost/52:54:00:12:34:56/4", {"5", worker}},
    {"running: vhost/52:54:00:12:34:56/5", {"6", worker}},
    {"running: vhost/52:54:00:12:34:56/6", {"41", worker}},
    {"running: vhost/52:54:00:12:34:56/7", {"42", worker}},
};

/// Elements that a host of which only the topology is known does not give, and why.
inline const Settings not_by_rewrite = {
    {"interface/52:54:00:12:34:56/mtu", "who else is on the network is not known"},
};

}  // namespace kvmtune::recipe
