// What a domain says of its CPUs, threads and memory outside of <cpu> and <devices>.
#include "daemon/domain/facts_parts.hpp"
#include "daemon/domain/values.hpp"
#include "daemon/domain/words.hpp"

namespace kvmtune::domain {

namespace {

/// Adds what one document says to facts.
class TuningReader {
  public:
    TuningReader(const Document &document, plan::DomainFacts facts)
        : document_(document), tree_(document.tree()), values_(document), facts_(std::move(facts)) {}

    Result<plan::DomainFacts> read();

  private:
    Result<> read_vcpus();
    Result<> read_iothreads();
    Result<> read_pin(NodeId pin);
    Result<> read_numatune();
    Result<> read_backing();

    const Document &document_;
    const Tree &tree_;
    Values values_;
    plan::DomainFacts facts_;
};

Result<> TuningReader::read_vcpus() {
    facts_.vcpus = 1;
    facts_.individual_vcpus = tree_.child(Tree::root, "vcpus") != no_node;
    const NodeId vcpu = tree_.child(Tree::root, "vcpu");
    if (vcpu == no_node) return {};
    const auto count = number_in(trimmed(tree_[vcpu].text));
    if (!count || *count == 0 || *count > CpuSet::limit)
        return document_.error_at(tree_[vcpu].start_tag.begin, "this is no number of vCPUs");
    facts_.vcpus = *count;
    facts_.vcpus_at_start = TRY(values_.number(vcpu, "current", *count));
    if (facts_.vcpus_at_start == 0u)
        return document_.error_at(tree_.attribute(vcpu, "current")->raw.begin, "a guest needs a vCPU");
    facts_.vcpu_cpuset = TRY(values_.cpus(vcpu, "cpuset"));
    facts_.automatic_placement = tree_.value(vcpu, "placement") == "auto";
    return {};
}

/// Those with ids of their own, and as many more from the lowest free id as <iothreads> says.
Result<> TuningReader::read_iothreads() {
    for (const NodeId thread : tree_.children(tree_.child(Tree::root, "iothreadids"), "iothread"))
        facts_.iothreads.insert(TRY(values_.required_number(thread, "id")));
    const NodeId count = tree_.child(Tree::root, "iothreads");
    if (count == no_node) return {};
    const auto wanted = number_in(trimmed(tree_[count].text));
    if (!wanted || *wanted > CpuSet::limit)
        return document_.error_at(tree_[count].start_tag.begin, "this is no number of I/O threads");
    for (unsigned id = 1; facts_.iothreads.size() < *wanted; ++id) facts_.iothreads.insert(id);
    return {};
}

Result<> TuningReader::read_pin(NodeId pin) {
    const bool vcpu = tree_.is(pin, "vcpupin");
    const bool iothread = tree_.is(pin, "iothreadpin");
    if (!vcpu && !iothread && !tree_.is(pin, "emulatorpin")) return {};
    auto set = TRY(values_.cpus(pin, "cpuset"));
    if (!set) return document_.error_at(tree_[pin].start_tag.begin, "a pin without a cpuset");
    bool is_first = !facts_.emulatorpin;
    if (vcpu || iothread) {
        const unsigned thread = TRY(values_.required_number(pin, vcpu ? "vcpu" : "iothread"));
        is_first = (vcpu ? facts_.vcpupins : facts_.iothreadpins).emplace(thread, *std::move(set)).second;
    } else {
        facts_.emulatorpin = *std::move(set);
    }
    if (!is_first) return document_.error_at(tree_[pin].start_tag.begin, "this thread has a pin already");
    return {};
}

Result<> TuningReader::read_numatune() {
    const NodeId numatune = tree_.child(Tree::root, "numatune");
    for (const NodeId memnode : tree_.children(numatune, "memnode")) {
        facts_.memory_by_cell = true;
        const auto nodes = TRY(values_.cpus(memnode, "nodeset"));
        const bool is_bound = values_.named(memnode, "mode").value_or("strict") != "preferred";
        if (nodes && is_bound) facts_.cell_nodes[TRY(values_.number(memnode, "cellid")).value_or(0)] = *nodes;
    }
    const NodeId memory = tree_.child(numatune, "memory");
    if (memory == no_node) return {};
    facts_.memory_nodes = TRY(values_.cpus(memory, "nodeset"));
    facts_.memory_mode = values_.named(memory, "mode").value_or("strict");
    if (tree_.value(memory, "placement") == "auto") facts_.automatic_placement = true;
    return {};
}

Result<> TuningReader::read_backing() {
    const NodeId backing = tree_.child(Tree::root, "memoryBacking");
    const NodeId hugepages = tree_.child(backing, "hugepages");
    facts_.backing.hugepages = hugepages != no_node;
    for (const NodeId page : tree_.children(hugepages, "page")) {
        const std::uint64_t bytes = TRY(values_.memory(page, tree_.value(page, "size")));
        if (bytes < 1024) return document_.error_at(tree_[page].start_tag.begin, "pages of less than 1 KiB");
        if (tree_.attribute(page, "nodeset") != nullptr) {
            facts_.backing.pages_by_node = true;
        } else if (!facts_.backing.page_kib) {
            facts_.backing.page_kib = bytes / 1024;
        }
    }
    facts_.backing.source = tree_.value(tree_.child(backing, "source"), "type");
    facts_.backing.allocation = tree_.value(tree_.child(backing, "allocation"), "mode");
    return {};
}

Result<plan::DomainFacts> TuningReader::read() {
    TRY(read_vcpus());
    TRY(read_iothreads());
    for (const NodeId cputune : tree_.children(Tree::root, "cputune")) {
        for (const NodeId pin : tree_.children(cputune)) TRY(read_pin(pin));
    }
    TRY(read_numatune());
    TRY(read_backing());
    return std::move(facts_);
}

}  // namespace

Result<plan::DomainFacts> with_tuning(const Document &document, plan::DomainFacts facts) {
    return TuningReader(document, std::move(facts)).read();
}

}  // namespace kvmtune::domain
