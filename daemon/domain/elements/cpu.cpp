// <cpu>: topology, cache and what libvirt checks, and the one feature that AMD's threads need.
#include <algorithm>
#include <array>
#include <map>

#include "daemon/domain/elements/keys.hpp"
#include "daemon/domain/elements/kind.hpp"

namespace kvmtune::domain {

namespace {

/// In libvirt's order; libvirt takes those that are not named as 1.
constexpr std::array<const char *, 5> levels = {"sockets", "dies", "clusters", "cores", "threads"};

NodeId cpu_in(const Document &document) {
    return document.tree().child(Tree::root, "cpu");
}

NodeId child_of_cpu(const Document &document, std::string_view name) {
    return document.tree().child(cpu_in(document), name);
}

NodeId made_cpu(Draft &draft) {
    return child_or_fragment(draft, Tree::root, "cpu", "cpu");
}

Result<> put_attribute(Draft &draft, const std::string &attribute, const plan::Value &value) {
    if (value) {
        draft.set(made_cpu(draft), attribute, *value);
    } else {
        draft.drop(cpu_in(draft.document()), attribute);
    }
    return {};
}

/// "sockets=1 cores=8 threads=1": what the element names.
Result<plan::Value> topology_value(const Document &document, const std::string &) {
    const NodeId topology = child_of_cpu(document, "topology");
    if (topology == no_node) return plan::Value();
    std::string out;
    for (const char *level : levels) {
        const auto count = attribute_value(document, topology, level);
        if (count) out += (out.empty() ? "" : " ") + std::string(level) + '=' + *count;
    }
    return plan::Value(out);
}

Result<std::map<std::string, std::string>> counts_in(const Document &document, const std::string &value) {
    std::map<std::string, std::string> counts;
    for (std::size_t from = 0; from < value.size();) {
        const std::size_t end = std::min(value.find(' ', from), value.size());
        const std::string part = value.substr(from, end - from);
        const std::size_t equal = std::min(part.find('='), part.size());
        const bool known = std::find(levels.begin(), levels.end(), part.substr(0, equal)) != levels.end();
        if (!known || equal + 1 >= part.size())
            return failure(ErrorKind::unsupported, document.name() + ": no topology of a CPU: " + value);
        counts[part.substr(0, equal)] = part.substr(equal + 1);
        from = end + 1;
    }
    return counts;
}

/// An attribute comes to an element that is there only if it says more than libvirt's default.
Result<> put_topology(Draft &draft, const std::string &, const plan::Value &value) {
    const Document &document = draft.document();
    NodeId topology = child_of_cpu(document, "topology");
    if (!value) {
        draft.remove(topology);
        return {};
    }
    const auto counts = TRY(counts_in(document, *value));
    const bool is_there = topology != no_node;
    if (!is_there) topology = child_or_fragment(draft, made_cpu(draft), "topology", "topology");
    for (const char *level : levels) {
        const auto count = counts.find(level);
        const auto now = is_there ? attribute_value(document, topology, level) : plan::Value();
        if (count == counts.end()) {
            if (now && *now != "1") draft.drop(topology, level);
        } else if (now || !is_there || count->second != "1") {
            draft.set(topology, level, count->second);
        }
    }
    return {};
}

Result<plan::Value> cache_value(const Document &document, const std::string &) {
    return attribute_value(document, child_of_cpu(document, "cache"), "mode");
}

Result<> put_cache(Draft &draft, const std::string &, const plan::Value &value) {
    if (value) {
        draft.set(child_or_fragment(draft, made_cpu(draft), "cache", "cache"), "mode", *value);
    } else {
        draft.remove(child_of_cpu(draft.document(), "cache"));
    }
    return {};
}

bool is_topoext(std::string_view key) {
    return key == "topoext";
}

NodeId feature_in(const Document &document, const std::string &name) {
    const Tree &tree = document.tree();
    for (const NodeId feature : tree.children(cpu_in(document), "feature"))
        if (tree.value(feature, "name") == name) return feature;
    return no_node;
}

/// Its policy, "require" where libvirt takes that because none is named.
Result<plan::Value> feature_value(const Document &document, const std::string &name) {
    const NodeId feature = feature_in(document, name);
    if (feature == no_node) return plan::Value();
    return plan::Value(attribute_value(document, feature, "policy").value_or("require"));
}

Result<> put_feature(Draft &draft, const std::string &name, const plan::Value &value) {
    NodeId feature = feature_in(draft.document(), name);
    if (!value) {
        draft.remove(feature);
        return {};
    }
    if (feature == no_node) {
        const NodeId cpu = made_cpu(draft);
        feature = draft.add(draft.place(cpu, "feature"), "feature");
        draft.set(feature, "name", name);
    }
    draft.set(feature, "policy", *value);
    return {};
}

}  // namespace

const ElementKind cpu_check = {
    "cpu/check", "", is_nothing,
    [](const Document &document, const std::string &) {
        return Result<plan::Value>(attribute_value(document, cpu_in(document), "check"));
    },
    [](Draft &draft, const std::string &, const plan::Value &value) { return put_attribute(draft, "check", value); }};
const ElementKind cpu_migratable = {
    "cpu/migratable", "", is_nothing,
    [](const Document &document, const std::string &) {
        return Result<plan::Value>(attribute_value(document, cpu_in(document), "migratable"));
    },
    [](Draft &draft, const std::string &, const plan::Value &value) {
        return put_attribute(draft, "migratable", value);
    }};
const ElementKind cpu_topology = {"cpu/topology", "", is_nothing, topology_value, put_topology};
const ElementKind cpu_cache = {"cpu/cache", "", is_nothing, cache_value, put_cache};
const ElementKind cpu_feature = {"cpu/feature/", "", is_topoext, feature_value, put_feature};

}  // namespace kvmtune::domain
