#include "daemon/domain/order.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

namespace kvmtune::domain {

namespace {

// src/conf/domain_conf.c of libvirt 9 and 11: virDomainDefFormatInternalSetRootName(), virDomainCputuneDefFormat(),
// virDomainNetDefFormat(), virDomainMemorybackingFormat(), virDomainNumatuneFormatXML(), virDomainDiskDefFormat();
// src/conf/cpu_conf.c: virCPUDefFormatBuf().
constexpr std::array<std::string_view, 34> in_domain = {"name",
                                                        "uuid",
                                                        "genid",
                                                        "title",
                                                        "description",
                                                        "metadata",
                                                        "maxMemory",
                                                        "memory",
                                                        "currentMemory",
                                                        "blkiotune",
                                                        "memtune",
                                                        "memoryBacking",
                                                        "vcpu",
                                                        "vcpus",
                                                        "iothreads",
                                                        "iothreadids",
                                                        "defaultiothread",
                                                        "cputune",
                                                        "numatune",
                                                        "resource",
                                                        "sysinfo",
                                                        "bootloader",
                                                        "os",
                                                        "idmap",
                                                        "features",
                                                        "cpu",
                                                        "clock",
                                                        "on_poweroff",
                                                        "on_reboot",
                                                        "on_crash",
                                                        "pm",
                                                        "perf",
                                                        "devices",
                                                        "seclabel"};
constexpr std::array<std::string_view, 15> in_cputune = {
    "shares",          "period",         "quota",           "global_period",  "global_quota",
    "emulator_period", "emulator_quota", "iothread_period", "iothread_quota", "vcpupin",
    "emulatorpin",     "iothreadpin",    "emulatorsched",   "vcpusched",      "iothreadsched"};
constexpr std::array<std::string_view, 19> in_interface = {
    "mac",    "source", "virtualport", "ip",       "route",    "script",  "backenddomain",
    "target", "guest",  "model",       "driver",   "backend",  "teaming", "filterref",
    "link",   "mtu",    "tune",        "coalesce", "bandwidth"};
constexpr std::array<std::string_view, 7> in_memory_backing = {"hugepages", "nosharepages", "locked", "source",
                                                               "access",    "allocation",   "discard"};
constexpr std::array<std::string_view, 2> in_numatune = {"memory", "memnode"};
constexpr std::array<std::string_view, 11> in_cpu = {"arch",        "model",   "vendor",   "microcode",
                                                     "signature",   "counter", "topology", "cache",
                                                     "maxphysaddr", "feature", "numa"};
constexpr std::array<std::string_view, 5> in_disk = {"driver", "auth", "source", "backingStore", "target"};

std::span<const std::string_view> order_in(std::string_view parent) {
    if (parent == "domain") return in_domain;
    if (parent == "cputune") return in_cputune;
    if (parent == "interface") return in_interface;
    if (parent == "memoryBacking") return in_memory_backing;
    if (parent == "numatune") return in_numatune;
    if (parent == "cpu") return in_cpu;
    if (parent == "disk") return in_disk;
    return {};
}

std::optional<std::size_t> rank_of(std::span<const std::string_view> order, std::string_view name) {
    const auto found = std::find(order.begin(), order.end(), name);
    if (found == order.end()) return std::nullopt;
    return static_cast<std::size_t>(found - order.begin());
}

}  // namespace

Where place_for(const Tree &tree, NodeId parent, std::string_view name) {
    const auto order = order_in(tree[parent].name);
    const auto rank = rank_of(order, name);
    if (!rank) return {parent, Where::At::last, no_node};
    Where where{parent, Where::At::first, no_node};
    std::size_t best = 0;
    for (NodeId child = tree[parent].first_child; child != no_node; child = tree[child].next) {
        const auto other = tree[child].space.empty() ? rank_of(order, tree[child].name) : std::nullopt;
        if (!other || *other >= *rank || *other < best) continue;
        best = *other;
        where = {parent, Where::At::behind, child};
    }
    return where;
}

bool is_container(const Node &node) {
    static constexpr std::array<std::string_view, 9> names = {
        "cpu", "cputune", "devices", "driver", "memory", "memoryBacking", "metadata", "mtu", "numatune"};
    return node.space.empty() && std::find(names.begin(), names.end(), node.name) != names.end();
}

}  // namespace kvmtune::domain
