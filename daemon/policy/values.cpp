#include "daemon/policy/values.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>

#include "daemon/policy/words.hpp"

namespace kvmtune::policy {

namespace {

/// A list of strings, each read by the same function.
template <class T>
Read<std::vector<T>> list(const Node &node, Read<T> (*item)(const Node &)) {
    if (node.array() == nullptr) return wrong(node, "must be a list of strings, not " + node.kind());
    std::vector<T> items;
    std::vector<Note> notes;
    for (const Node &one : *node.array()) {
        if (auto read = item(one)) {
            items.push_back(*std::move(read));
        } else {
            notes.insert(notes.end(), read.error().begin(), read.error().end());
        }
    }
    if (!notes.empty()) return tl::unexpected(std::move(notes));
    return items;
}

/// The same values in their order, without those that were there before.
template <class T>
std::vector<T> each_once(const std::vector<T> &values) {
    std::vector<T> once;
    for (const T &value : values)
        if (std::count(once.begin(), once.end(), value) == 0) once.push_back(value);
    return once;
}

Read<std::uint64_t> page_size(const Node &node) {
    return choice<std::uint64_t>(node, {{"2MiB", 2048}, {"1GiB", 1048576}});
}

bool is_module_letter(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

Read<std::string> module(const Node &node) {
    if (node.text() == nullptr) return wrong(node, "must be a module's name, not " + node.kind());
    std::string name = *node.text();
    std::replace(name.begin(), name.end(), '-', '_');
    if (name.empty() || !std::all_of(name.begin(), name.end(), is_module_letter))
        return wrong(node, quoted(*node.text()) + " is not a module's name");
    return name;
}

/// The UUID as libvirt writes it, or nothing if it is none.
std::optional<std::string> canonical_uuid(std::string text) {
    constexpr std::size_t dashes[] = {8, 13, 18, 23};
    constexpr std::size_t length = 36;
    if (text.size() == length - std::size(dashes))
        for (const std::size_t dash : dashes) text.insert(dash, 1, '-');
    if (text.size() != length) return {};
    for (std::size_t i = 0; i < length; ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        const bool dash = std::count(std::begin(dashes), std::end(dashes), i) != 0;
        if (dash ? c != '-' : std::isxdigit(c) == 0) return {};
        text[i] = static_cast<char>(std::tolower(c));
    }
    return text;
}

Read<std::string> pattern(const Node &node) {
    if (node.text() == nullptr) return wrong(node, "must be a string, not " + node.kind());
    const std::string &text = *node.text();
    if (text.empty()) return wrong(node, "an empty pattern matches nothing");
    if (text.starts_with("uuid:")) {
        const auto uuid = canonical_uuid(text.substr(5));
        if (!uuid) return wrong(node, quoted(text.substr(5)) + " is not a UUID");
        return "uuid:" + *uuid;
    }
    if (text == "title:" || text == "metadata:") return wrong(node, quoted(text) + " names nothing");
    return text;
}

Read<plan::Disruption> consent(const Node &node) {
    using plan::Disruption;
    return choice<Disruption>(
        node, {{"guest-abi", Disruption::guest_abi}, {"start-dependency", Disruption::start_dependency}});
}

}  // namespace

tl::unexpected<std::vector<Note>> wrong(const Node &node, std::string what) {
    return tl::unexpected(std::vector<Note>{{node.at, std::move(what)}});
}

Read<bool> truth(const Node &node) {
    if (node.truth() == nullptr) return wrong(node, "must be true or false, not " + node.kind());
    return *node.truth();
}

Read<plan::Profile> profile(const Node &node) {
    using plan::Profile;
    return choice<Profile>(node, {{"network", Profile::network}, {"none", Profile::none}}, {"latency"});
}

Read<plan::CpuPolicy> cpu_policy(const Node &node) {
    using plan::CpuPolicy;
    return choice<CpuPolicy>(
        node, {{"dedicated", CpuPolicy::dedicated}, {"shared", CpuPolicy::shared}, {"off", CpuPolicy::off}});
}

Read<plan::MemoryPolicy> memory_policy(const Node &node) {
    using plan::MemoryPolicy;
    return choice<MemoryPolicy>(node, {{"restrictive", MemoryPolicy::restrictive},
                                       {"strict", MemoryPolicy::strict},
                                       {"preferred", MemoryPolicy::preferred},
                                       {"off", MemoryPolicy::off}});
}

Read<plan::DiskPolicy> disk_policy(const Node &node) {
    using plan::DiskPolicy;
    return choice<DiskPolicy>(node, {{"auto", DiskPolicy::probed}, {"all", DiskPolicy::all}, {"off", DiskPolicy::off}});
}

Read<bool> cpu_model(const Node &node) {
    return choice<bool>(node, {{"host-passthrough", true}, {"keep", false}});
}

Read<bool> cpu_topology(const Node &node) {
    return choice<bool>(node, {{"auto", true}, {"keep", false}});
}

Read<bool> guest_cells(const Node &node) {
    return choice<bool>(node, {{"mirror", true}, {"keep", false}});
}

Read<bool> machine(const Node &node) {
    return choice<bool>(node, {{"q35", true}, {"keep", false}});
}

Read<bool> follows_mtu(const Node &node) {
    return choice<bool>(node, {{"network", true}, {"keep", false}});
}

Read<bool> gives_back(const Node &node) {
    return choice<bool>(node, {{"rollback", true}, {"keep", false}});
}

Read<bool> reapplies(const Node &node) {
    return choice<bool>(node, {{"reapply", true}, {"yield", false}});
}

Read<plan::NetworkPolicy::Filter> bridge_netfilter(const Node &node) {
    using Filter = plan::NetworkPolicy::Filter;
    return choice<Filter>(node, {{"auto", Filter::automatic}, {"off", Filter::off}, {"keep", Filter::keep}});
}

Read<std::optional<CpuSet>> housekeeping(const Node &node) {
    if (node.text() == nullptr) return wrong(node, "must be \"auto\" or a CPU list, not " + node.kind());
    if (*node.text() == "auto") return std::nullopt;
    auto cpus = CpuSet::parse(*node.text());
    if (!cpus) return wrong(node, cpus.error().what + did_you_mean(*node.text(), {"auto"}));
    if (cpus->empty()) return wrong(node, "names no CPU");
    return *std::move(cpus);
}

Read<plan::IsolatedCpus> isolated_cpus(const Node &node) {
    using plan::IsolatedCpus;
    return choice<IsolatedCpus>(node, {{"avoid", IsolatedCpus::avoid}, {"guests", IsolatedCpus::guests}});
}

Read<std::vector<std::string>> modules(const Node &node) {
    auto names = list(node, module);
    if (!names) return names;
    return each_once(*names);
}

Read<std::vector<std::string>> patterns(const Node &node) {
    auto all = list(node, pattern);
    if (all && all->empty()) return wrong(node, "an empty list matches nothing");
    return all;
}

Read<std::vector<std::uint64_t>> page_sizes(const Node &node) {
    using Sizes = std::vector<std::uint64_t>;
    if (node.array() == nullptr)
        return choice<Sizes>(node, {{"2MiB", {2048}}, {"1GiB", {1048576}}, {"best", {1048576, 2048}}});
    const auto sizes = list(node, page_size);
    if (!sizes) return sizes;
    if (sizes->empty()) return wrong(node, "an empty list has no page size");
    return each_once(*sizes);
}

Read<std::set<plan::Disruption>> consents(const Node &node) {
    const auto all = list(node, consent);
    if (!all) return tl::unexpected(all.error());
    return std::set<plan::Disruption>(all->begin(), all->end());
}

}  // namespace kvmtune::policy
