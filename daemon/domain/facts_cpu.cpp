// <cpu>: model, topology and NUMA cells of the guest.
#include <algorithm>
#include <limits>

#include "daemon/domain/facts_parts.hpp"
#include "daemon/domain/values.hpp"

namespace kvmtune::domain {

namespace {

using plan::CpuModelFacts;
using plan::CpuTopology;
using plan::GuestCell;

/// Reads the <cpu> of one document.
class CpuReader {
  public:
    explicit CpuReader(const Document &document) : document_(document), tree_(document.tree()), values_(document) {}

    Result<CpuModelFacts> read(NodeId cpu, unsigned vcpus) const;

  private:
    Result<unsigned> part(NodeId topology, std::string_view attribute) const;
    Result<CpuTopology> topology(NodeId topology) const;
    Result<GuestCell> cell(NodeId cell, unsigned place, std::size_t count) const;
    Result<std::vector<GuestCell>> cells(NodeId numa, unsigned vcpus) const;

    const Document &document_;
    const Tree &tree_;
    Values values_;
};

Result<unsigned> CpuReader::part(NodeId topology, std::string_view attribute) const {
    const unsigned count = TRY(values_.required_number(topology, attribute));
    if (count == 0) return document_.error_at(tree_.attribute(topology, attribute)->raw.begin, "must be at least 1");
    return count;
}

Result<CpuTopology> CpuReader::topology(NodeId topology) const {
    CpuTopology out;
    out.sockets = TRY(part(topology, "sockets"));
    out.cores = TRY(part(topology, "cores"));
    out.threads = TRY(part(topology, "threads"));
    if (tree_.attribute(topology, "dies") != nullptr) out.dies = TRY(part(topology, "dies"));
    if (tree_.attribute(topology, "clusters") != nullptr) out.clusters = TRY(part(topology, "clusters"));
    std::uint64_t cpus = 1;
    for (const unsigned count : {out.sockets, out.dies, out.clusters, out.cores, out.threads}) {
        cpus *= count;
        if (cpus > std::numeric_limits<unsigned>::max())
            return document_.error_at(tree_[topology].start_tag.begin, "a topology of more CPUs than can be counted");
    }
    return out;
}

Result<GuestCell> CpuReader::cell(NodeId cell, unsigned place, std::size_t count) const {
    GuestCell out;
    out.id = TRY(values_.number(cell, "id")).value_or(place);
    if (out.id >= count)
        return document_.error_at(tree_.attribute(cell, "id")->raw.begin, "ids of cells must go from 0 without gaps");
    out.vcpus = TRY(values_.cpus(cell, "cpus")).value_or(CpuSet{});
    if (tree_.attribute(cell, "memory") != nullptr) out.memory = TRY(values_.memory(cell, tree_.value(cell, "memory")));
    return out;
}

Result<std::vector<GuestCell>> CpuReader::cells(NodeId numa, unsigned vcpus) const {
    std::vector<GuestCell> out;
    CpuSet seen;
    const auto nodes = tree_.children(numa, "cell");
    for (const NodeId node : nodes) {
        auto read = TRY(cell(node, static_cast<unsigned>(out.size()), nodes.size()));
        const auto same = [&](const GuestCell &other) { return other.id == read.id; };
        if (std::any_of(out.begin(), out.end(), same))
            return document_.error_at(tree_[node].start_tag.begin, "a second cell of this id");
        if (seen.intersects(read.vcpus)) return document_.error_at(tree_[node].start_tag.begin, "a vCPU of two cells");
        seen = seen | read.vcpus;
        out.push_back(std::move(read));
    }
    std::sort(out.begin(), out.end(), [](const auto &left, const auto &right) { return left.id < right.id; });
    if (!out.empty() && vcpus > 0) out.front().vcpus = out.front().vcpus | (CpuSet::range(0, vcpus - 1) - seen);
    return out;
}

Result<CpuModelFacts> CpuReader::read(NodeId cpu, unsigned vcpus) const {
    CpuModelFacts out;
    if (const Attribute *mode = tree_.attribute(cpu, "mode"); mode != nullptr) out.mode = mode->value;
    out.match = tree_.value(cpu, "match");
    out.model = values_.text(tree_.child(cpu, "model"));
    if (const NodeId found = tree_.child(cpu, "topology"); found != no_node) out.topology = TRY(topology(found));
    for (const NodeId feature : tree_.children(cpu, "feature")) {
        const std::string_view policy = tree_.value(feature, "policy");
        out.features.emplace(tree_.value(feature, "name"), policy.empty() ? "require" : policy);
    }
    out.cache_mode = values_.named(tree_.child(cpu, "cache"), "mode");
    out.cells = TRY(cells(tree_.child(cpu, "numa"), vcpus));
    return out;
}

}  // namespace

Result<std::optional<CpuModelFacts>> cpu_facts(const Document &document, unsigned vcpus) {
    const NodeId cpu = document.tree().child(Tree::root, "cpu");
    if (cpu == no_node) return std::optional<CpuModelFacts>();
    return std::optional<CpuModelFacts>(TRY(CpuReader(document).read(cpu, vcpus)));
}

}  // namespace kvmtune::domain
