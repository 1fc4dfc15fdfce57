// The one file that includes hwloc (2.9).
//
// A type filter takes more than objects: a NUMA node whose package, cache or group is filtered out moves up to the
// whole machine, and all CPUs are near all nodes. When it reads this machine hwloc makes groups in their place, for XML
// it does not. So described machines are loaded whole; this machine without caches but the last level, as they take
// most of the time (I/O and Misc objects are never asked for). hwloc gives a machine without NUMA one node, number 0.
//
// Without its plugins hwloc's own small XML parser reads what hwloc wrote and little else: double quotes, its header.
#include "daemon/facts/topology.hpp"

#include <fcntl.h>
#include <hwloc.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>

#include "base/file.hpp"

namespace kvmtune::facts {

namespace {

struct Destroy {
    void operator()(hwloc_topology_t topology) const { hwloc_topology_destroy(topology); }
};
using Machine = std::unique_ptr<hwloc_topology, Destroy>;

Result<Machine> fresh() {
    hwloc_topology_t made = nullptr;
    if (hwloc_topology_init(&made) != 0) return system_failure("hwloc", errno);
    return Machine(made);
}

/// To be loaded from this machine: without hwloc's x86 component, which runs CPUID on each CPU in turn, also on those
/// that are isolated or have a guest's vCPU. What the kernel tells in /sys is enough.
Result<Machine> of_this_machine() {
    Machine machine = TRY(fresh());
    if (hwloc_topology_set_flags(machine.get(), HWLOC_TOPOLOGY_FLAG_DONT_CHANGE_BINDING) != 0)
        return system_failure("hwloc", errno);
    return machine;
}

template <class Visit>
void each(const Machine &machine, hwloc_obj_type_t type, Visit visit) {
    for (auto *object = hwloc_get_next_obj_by_type(machine.get(), type, nullptr); object != nullptr;
         object = hwloc_get_next_obj_by_type(machine.get(), type, object))
        visit(*object);
}

/// Nodes without their CPUs, by number.
std::vector<plan::Node> nodes_of(const Machine &machine) {
    std::vector<plan::Node> nodes;
    each(machine, HWLOC_OBJ_NUMANODE, [&](const hwloc_obj &node) {
        nodes.push_back({node.os_index, node.attr->numanode.local_memory, {}});
    });
    std::sort(nodes.begin(), nodes.end(), [](const auto &left, const auto &right) { return left.index < right.index; });
    return nodes;
}

/// Numbers for the objects of a type, from 0 in the order of their first CPUs. hwloc's own count anew for each depth
/// that a type has, and cores have two where caches are inside of some and around others, as where a sibling is
/// offline.
class Numbers {
  public:
    Numbers(const Machine &machine, hwloc_obj_type_t type) : machine_(machine), type_(type) {
        each(machine, HWLOC_OBJ_PU, [&](hwloc_obj &pu) {
            if (const auto first = first_beside(pu)) firsts_.insert(*first);
        });
    }

    /// That of the object which a CPU is in; otherwise this number, beyond all of them.
    [[nodiscard]] unsigned of(hwloc_obj &pu, unsigned otherwise) const {
        const auto first = first_beside(pu);
        const auto end = first ? firsts_.find(*first) : firsts_.end();
        return static_cast<unsigned>(std::distance(firsts_.begin(), end)) + (first ? 0 : otherwise);
    }

  private:
    [[nodiscard]] std::optional<int> first_beside(hwloc_obj &pu) const {
        const auto *const object = hwloc_get_ancestor_obj_by_type(machine_.get(), type_, &pu);
        return object == nullptr ? std::nullopt : std::optional(hwloc_bitmap_first(object->cpuset));
    }

    const Machine &machine_;
    hwloc_obj_type_t type_;
    std::set<int> firsts_;
};

/// A CPU near several nodes (high-bandwidth memory) belongs to the first, as it does for the kernel; one without a core
/// is a core of its own. Where no last-level cache is known, those of a node count as near to each other.
std::vector<plan::Cpu> cpus_of(const Machine &machine) {
    const Numbers cores(machine, HWLOC_OBJ_CORE);
    const Numbers packages(machine, HWLOC_OBJ_PACKAGE);
    const Numbers caches(machine, HWLOC_OBJ_L3CACHE);
    std::vector<plan::Cpu> cpus;
    each(machine, HWLOC_OBJ_PU, [&](hwloc_obj &pu) {
        plan::Cpu cpu;
        cpu.index = pu.os_index;
        cpu.core = cores.of(pu, pu.logical_index);
        cpu.node = static_cast<unsigned>(std::max(hwloc_bitmap_first(pu.nodeset), 0));
        cpu.package = packages.of(pu, 0);
        cpu.cache = caches.of(pu, cpu.node);
        cpu.kind = static_cast<unsigned>(std::max(hwloc_cpukinds_get_by_cpuset(machine.get(), pu.cpuset, 0), 0));
        cpus.push_back(cpu);
    });
    std::sort(cpus.begin(), cpus.end(), [](const auto &left, const auto &right) { return left.index < right.index; });
    return cpus;
}

/// What the firmware says of how far nodes are from each other. hwloc sorts its nodes in another way than we do.
void add_distances(const Machine &machine, std::vector<plan::Node> &nodes) {
    unsigned number = 1;
    hwloc_distances_s *distances = nullptr;
    const unsigned long latency = HWLOC_DISTANCES_KIND_FROM_OS | HWLOC_DISTANCES_KIND_MEANS_LATENCY;
    if (hwloc_distances_get_by_type(machine.get(), HWLOC_OBJ_NUMANODE, &number, &distances, latency, 0) != 0) return;
    if (number == 0) return;
    const unsigned width = distances->nbobjs;
    for (unsigned from = 0; from < width; ++from) {
        const auto node = std::find_if(nodes.begin(), nodes.end(), [&](const plan::Node &one) {
            return one.index == distances->objs[from]->os_index;
        });
        if (node == nodes.end()) continue;
        for (unsigned to = 0; to < width; ++to)
            if (to != from)
                node->distances[distances->objs[to]->os_index] =
                    static_cast<unsigned>(distances->values[from * width + to]);
    }
    hwloc_distances_release(machine.get(), distances);
}

Result<plan::Topology> topology_of(const Machine &machine) {
    plan::Topology topology;
    topology.nodes = nodes_of(machine);
    add_distances(machine, topology.nodes);
    topology.cpus = cpus_of(machine);
    for (const plan::Cpu &cpu : topology.cpus) {
        if (cpu.index >= CpuSet::limit)
            return failure(ErrorKind::invalid,
                           "CPU " + std::to_string(cpu.index) + " is beyond the kernel's largest number");
        const auto home = std::find_if(topology.nodes.begin(), topology.nodes.end(),
                                       [&](const plan::Node &node) { return node.index == cpu.node; });
        if (home != topology.nodes.end()) home->cpus.insert(cpu.index);
    }
    if (topology.cpus.empty() || topology.nodes.empty())
        return failure(ErrorKind::invalid, "it has no CPU or no memory");
    return topology;
}

/// The number at the end of "core:18" or "18"; 0 if there is none (then it is hwloc's to complain).
std::size_t children(const std::string &level) {
    std::size_t number = 0;
    const std::size_t colon = level.find(':');
    const std::string_view digits = std::string_view(level).substr(colon == std::string::npos ? 0 : colon + 1);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return read.ec == std::errc::result_out_of_range ? CpuSet::limit + 1 : number;
}

/// Attributes (in parentheses) and attached nodes (in brackets) taken out, each to the next that closes, as hwloc does.
std::string levels_only(const std::string &description) {
    std::string levels;
    for (std::size_t at = 0; at < description.size(); ++at) {
        const char c = description[at];
        if (c == '(' || c == '[') {
            at = std::min(description.find(c == '(' ? ')' : ']', at), description.size());
            levels += ' ';
        } else {
            levels += c;
        }
    }
    return levels;
}

/// hwloc builds whatever is described: a million CPUs take all memory.
bool too_large(const std::string &description) {
    std::istringstream levels(levels_only(description));
    std::size_t cpus = 1;
    for (std::string level; levels >> level;)
        if (const std::size_t number = children(level); number != 0)
            cpus = std::min(cpus, CpuSet::limit + std::size_t{1}) * number;
    return cpus > CpuSet::limit;
}

Result<Machine> from_xml(const std::string &xml) {
    Machine machine = TRY(fresh());
    const int size = static_cast<int>(xml.size() + 1);  // with its end, as hwloc wants it
    if (hwloc_topology_set_xmlbuffer(machine.get(), xml.c_str(), size) != 0 || hwloc_topology_load(machine.get()) != 0)
        return failure(ErrorKind::invalid, "it is not hwloc's XML");
    return machine;
}

Result<Machine> from_synthetic(const std::string &description) {
    if (too_large(description))
        return failure(ErrorKind::invalid, "it has more than " + std::to_string(CpuSet::limit) + " CPUs");
    Machine machine = TRY(fresh());
    if (hwloc_topology_set_synthetic(machine.get(), description.c_str()) != 0 ||
        hwloc_topology_load(machine.get()) != 0)
        return failure(ErrorKind::invalid, "it is no synthetic description of hwloc's and no file has this name");
    return machine;
}

bool is_xml(const std::string &text) {
    return text.starts_with('<');
}

Result<Machine> described(const std::string &text_or_file) {
    constexpr std::size_t largest = 16u << 20;
    const Fd fd(is_xml(text_or_file) ? -1 : ::open(text_or_file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!is_xml(text_or_file) && !fd && errno != ENOENT && errno != ENOTDIR && errno != ENAMETOOLONG)
        return system_failure("open", errno);
    const std::string text = fd ? TRY(read_all(fd.get(), largest)) : text_or_file;
    return is_xml(text) ? from_xml(text) : from_synthetic(text);
}

/// With its caches, which are of use to who reads it; without devices.
Result<Machine> this_machine_whole() {
    Machine machine = TRY(of_this_machine());
    if (hwloc_topology_load(machine.get()) != 0) return system_failure("hwloc", errno);
    return machine;
}

Result<std::string> xml_of(const Machine &machine) {
    char *text = nullptr;
    int size = 0;
    if (hwloc_topology_export_xmlbuffer(machine.get(), &text, &size, 0) != 0) return system_failure("hwloc", errno);
    std::string xml(text);
    hwloc_free_xmlbuffer(machine.get(), text);
    return xml;
}

/// What a description is called in messages: XML is too long for it.
std::string source_name(const std::string &text_or_file) {
    return is_xml(text_or_file) ? "topology" : "topology \"" + text_or_file + '"';
}

}  // namespace

Result<plan::Topology> this_machines_topology() {
    const Machine machine = TRY(of_this_machine());
    if (hwloc_topology_set_cache_types_filter(machine.get(), HWLOC_TYPE_FILTER_KEEP_NONE) != 0 ||
        hwloc_topology_set_type_filter(machine.get(), HWLOC_OBJ_L3CACHE, HWLOC_TYPE_FILTER_KEEP_ALL) != 0 ||
        hwloc_topology_load(machine.get()) != 0)
        return system_failure("read this machine's topology", errno);
    if (hwloc_topology_is_thissystem(machine.get()) == 0)
        return failure(ErrorKind::invalid,
                       "read this machine's topology: the environment (HWLOC_*) names another machine");
    return topology_of(machine);
}

Result<plan::Topology> topology_from(const std::string &text_or_file) {
    auto machine = described(text_or_file);
    auto topology = machine ? topology_of(*machine) : tl::unexpected(std::move(machine).error());
    if (!topology) return within(source_name(text_or_file), std::move(topology).error());
    return topology;
}

Result<std::string> topology_xml(const std::optional<std::string> &text_or_file) {
    const auto machine = text_or_file ? described(*text_or_file) : this_machine_whole();
    auto xml = machine ? xml_of(*machine) : tl::unexpected(machine.error());
    if (!xml)
        return within(text_or_file ? source_name(*text_or_file) : "this machine's topology", std::move(xml).error());
    return xml;
}

}  // namespace kvmtune::facts
