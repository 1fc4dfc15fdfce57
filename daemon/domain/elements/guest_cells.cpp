// <cpu><numa>, the guest's NUMA cells, and <numatune><memnode>, the host's nodes that the memory of each comes from.
//     cpu/numa           "0-5:4194304 6-11:4194304": vCPUs and KiB of each cell, by id
//     numatune/memnode   "0 1": nodes of each cell, by id, all of them strict
// Whatever else a document says of them ends the value with " and more": it is shown, and never written.
#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <map>
#include <sstream>

#include "daemon/domain/elements/keys.hpp"
#include "daemon/domain/elements/kind.hpp"
#include "daemon/domain/values.hpp"
#include "daemon/domain/words.hpp"
#include "daemon/plan/guest_cells.hpp"

namespace kvmtune::domain {

namespace {

NodeId numa_in(const Document &document) {
    const Tree &tree = document.tree();
    return tree.child(tree.child(Tree::root, "cpu"), "numa");
}

std::vector<NodeId> memnodes_in(const Document &document) {
    const Tree &tree = document.tree();
    return tree.children(tree.child(Tree::root, "numatune"), "memnode");
}

/// Whether an element has nothing but these attributes.
bool has_only(const Tree &tree, NodeId id, std::initializer_list<std::string_view> names) {
    const auto attributes = tree.attributes_of(id);
    return tree.children(id).empty() &&
           std::all_of(attributes.begin(), attributes.end(), [&](const Attribute &attribute) {
               return std::find(names.begin(), names.end(), attribute.name) != names.end();
           });
}

/// Parts by id, in one line; says so if there is more, or ids are missing.
std::string in_line(const std::map<unsigned, std::string> &parts, std::size_t elements, bool more) {
    std::string line;
    for (const auto &[id, part] : parts) line += (line.empty() ? "" : " ") + part;
    const bool gaps = parts.size() != elements || (!parts.empty() && parts.rbegin()->first + 1 != parts.size());
    return line + (more || gaps ? " and more" : "");
}

Result<plan::Value> numa_value(const Document &document, const std::string &) {
    const Tree &tree = document.tree();
    const NodeId numa = numa_in(document);
    if (numa == no_node) return plan::Value();
    std::map<unsigned, std::string> parts;
    const auto children = tree.children(numa);
    bool more = !has_only(tree, numa, {}) && children.empty();
    for (const NodeId cell : children) {
        more = more || !tree.is(cell, "cell") || !has_only(tree, cell, {"id", "cpus", "memory", "unit"});
        const unsigned id = number_in(tree.value(cell, "id")).value_or(static_cast<unsigned>(parts.size()));
        const std::uint64_t bytes = TRY(Values(document).memory(cell, tree.value(cell, "memory")));
        parts[id] = std::string(tree.value(cell, "cpus")) + ":" + std::to_string(bytes / 1024);
    }
    return plan::Value(in_line(parts, children.size(), more));
}

/// Cells that are there already change in place.
Result<> put_numa(Draft &draft, const std::string &, const plan::Value &value) {
    const Document &document = draft.document();
    const NodeId found = numa_in(document);
    if (!value) {
        draft.remove(found);
        return {};
    }
    const auto cells = plan::cells_from(*value);
    if (cells.empty()) return failure(ErrorKind::unsupported, document.name() + ": no NUMA cells: " + *value);
    const auto there = found == no_node ? std::vector<NodeId>() : document.tree().children(found, "cell");
    const NodeId cpu = child_or_fragment(draft, Tree::root, "cpu", "cpu");
    const NodeId numa = child_or_fragment(draft, cpu, "numa", "numa");
    for (std::size_t id = cells.size(); id < there.size(); ++id) draft.remove(there[id]);
    for (const plan::GuestCell &cell : cells) {
        const bool is_new = cell.id >= there.size();
        const NodeId one = is_new ? draft.add(draft.place(numa, "cell"), "cell") : there[cell.id];
        draft.set(one, "id", std::to_string(cell.id));
        draft.set(one, "cpus", cell.vcpus.text());
        draft.set(one, "memory", std::to_string(cell.memory / 1024));
        if (!is_new) draft.set(one, "unit", "KiB");
    }
    return {};
}

Result<plan::Value> memnode_value(const Document &document, const std::string &) {
    const Tree &tree = document.tree();
    const auto memnodes = memnodes_in(document);
    if (memnodes.empty()) return plan::Value();
    std::map<unsigned, std::string> parts;
    bool more = false;
    for (const NodeId memnode : memnodes) {
        const auto mode = attribute_value(document, memnode, "mode");
        more = more || !has_only(tree, memnode, {"cellid", "mode", "nodeset"}) || mode.value_or("strict") != "strict";
        parts[number_in(tree.value(memnode, "cellid")).value_or(0)] = std::string(tree.value(memnode, "nodeset"));
    }
    return plan::Value(in_line(parts, memnodes.size(), more));
}

std::vector<std::string> words_in(const std::string &line) {
    std::istringstream words(line);
    return {std::istream_iterator<std::string>(words), {}};
}

/// Nodes of cells that are there already change in place.
Result<> put_memnode(Draft &draft, const std::string &, const plan::Value &value) {
    const auto found = memnodes_in(draft.document());
    const auto nodes = value ? words_in(*value) : std::vector<std::string>();
    for (std::size_t id = nodes.size(); id < found.size(); ++id) draft.remove(found[id]);
    for (std::size_t id = 0; id < nodes.size(); ++id) {
        if (id < found.size()) {
            draft.set(found[id], "nodeset", nodes[id]);
            continue;
        }
        const NodeId numatune = child_or_bare(draft, Tree::root, "numatune");
        const Where where =
            found.empty() ? draft.place(numatune, "memnode") : Where{numatune, Where::At::behind, found.back()};
        const NodeId added = draft.add(where, "memnode");
        draft.set(added, "cellid", std::to_string(id));
        draft.set(added, "nodeset", nodes[id]);
    }
    return {};
}

}  // namespace

const ElementKind cpu_numa = {"cpu/numa", "", is_nothing, numa_value, put_numa};
const ElementKind memory_of_cells = {"numatune/memnode", "", is_nothing, memnode_value, put_memnode};

}  // namespace kvmtune::domain
