#include "daemon/domain/facts.hpp"

#include <limits>
#include <optional>

#include "daemon/domain/elements.hpp"
#include "daemon/domain/metadata.hpp"
#include "daemon/domain/words.hpp"

namespace kvmtune::domain {

namespace {

/// Bytes of a unit as libvirt's virScaleInteger() reads it; KiB if none is named.
std::optional<std::uint64_t> bytes_of_unit(std::string_view unit) {
    const std::string lower = lower_case(unit.empty() ? "KiB" : unit);
    if (lower == "b" || lower == "byte" || lower == "bytes") return 1;
    constexpr std::string_view letters = "kmgtpe";
    const std::size_t power = letters.find(lower.front());
    const std::string_view rest = std::string_view(lower).substr(1);
    if (power == std::string_view::npos || (rest != "" && rest != "b" && rest != "ib")) return std::nullopt;
    std::uint64_t bytes = 1;
    for (std::size_t i = 0; i <= power; ++i) bytes *= rest == "b" ? 1000 : 1024;
    return bytes;
}

/// Reads the facts of one document.
class FactsReader {
  public:
    explicit FactsReader(const Document &document) : document_(document), tree_(document.tree()) {}

    Result<plan::DomainFacts> read();

  private:
    std::string text_of(std::string_view child) const {
        const NodeId id = tree_.child(Tree::root, child);
        return id == no_node ? std::string() : tree_[id].text;
    }
    Result<std::optional<CpuSet>> cpus(NodeId id, std::string_view attribute) const;
    Result<std::optional<unsigned>> number(NodeId id, std::string_view attribute) const;
    Result<unsigned> required_number(NodeId id, std::string_view attribute) const;
    Result<std::uint64_t> scaled(NodeId id, std::string_view text) const;
    Result<std::uint64_t> memory() const;
    Result<> read_vcpus();
    Result<> read_pins();
    Result<> read_memory();
    Result<plan::NicFacts> nic(NodeId interface) const;
    Result<> read_devices();

    const Document &document_;
    const Tree &tree_;
    plan::DomainFacts facts_;
};

Result<std::optional<CpuSet>> FactsReader::cpus(NodeId id, std::string_view attribute) const {
    const Attribute *found = tree_.attribute(id, attribute);
    if (found == nullptr) return std::optional<CpuSet>();
    auto set = CpuSet::parse(trimmed(found->value));
    if (!set) return document_.error_at(found->raw.begin, found->name + " is no list of numbers");
    return std::optional<CpuSet>(*std::move(set));
}

Result<std::optional<unsigned>> FactsReader::number(NodeId id, std::string_view attribute) const {
    const Attribute *found = tree_.attribute(id, attribute);
    if (found == nullptr) return std::optional<unsigned>();
    const auto read = number_in(trimmed(found->value));
    if (!read) return document_.error_at(found->raw.begin, found->name + " is no number");
    return read;
}

Result<unsigned> FactsReader::required_number(NodeId id, std::string_view attribute) const {
    const auto read = TRY(number(id, attribute));
    if (!read)
        return document_.error_at(tree_[id].start_tag.begin, "the attribute " + std::string(attribute) + " is missing");
    return *read;
}

Result<std::uint64_t> FactsReader::scaled(NodeId id, std::string_view text) const {
    const auto amount = wide_number_in(trimmed(text));
    const auto unit = bytes_of_unit(trimmed(tree_.value(id, "unit")));
    if (!amount) return document_.error_at(tree_[id].start_tag.begin, "this is no amount of memory");
    if (!unit) return document_.error_at(tree_[id].start_tag.begin, "this unit of memory is not known");
    if (*amount != 0 && *unit > std::numeric_limits<std::uint64_t>::max() / *amount) {
        return document_.error_at(tree_[id].start_tag.begin, "more memory than can be counted");
    }
    return *amount * *unit;
}

/// <memory>, or the sum of the guest's NUMA cells.
Result<std::uint64_t> FactsReader::memory() const {
    if (const NodeId id = tree_.child(Tree::root, "memory"); id != no_node) return scaled(id, tree_[id].text);
    std::uint64_t sum = 0;
    for (const NodeId cell : tree_.children(tree_.child(tree_.child(Tree::root, "cpu"), "numa"), "cell")) {
        if (tree_.attribute(cell, "memory") != nullptr) sum += TRY(scaled(cell, tree_.value(cell, "memory")));
    }
    return sum;
}

Result<> FactsReader::read_vcpus() {
    facts_.vcpus = 1;
    const NodeId vcpu = tree_.child(Tree::root, "vcpu");
    if (vcpu == no_node) return {};
    const auto count = number_in(trimmed(tree_[vcpu].text));
    if (!count || *count == 0) return document_.error_at(tree_[vcpu].start_tag.begin, "this is no number of vCPUs");
    facts_.vcpus = *count;
    facts_.vcpu_cpuset = TRY(cpus(vcpu, "cpuset"));
    facts_.automatic_placement = tree_.value(vcpu, "placement") == "auto";
    return {};
}

Result<> FactsReader::read_pins() {
    for (const NodeId cputune : tree_.children(Tree::root, "cputune")) {
        for (const NodeId pin : tree_.children(cputune)) {
            const bool vcpu = tree_.is(pin, "vcpupin");
            const bool iothread = tree_.is(pin, "iothreadpin");
            if (!vcpu && !iothread && !tree_.is(pin, "emulatorpin")) continue;
            auto set = TRY(cpus(pin, "cpuset"));
            if (!set) return document_.error_at(tree_[pin].start_tag.begin, "a pin without a cpuset");
            if (vcpu) facts_.vcpupins[TRY(required_number(pin, "vcpu"))] = *set;
            if (iothread) facts_.iothreadpins[TRY(required_number(pin, "iothread"))] = *set;
            if (!vcpu && !iothread) facts_.emulatorpin = *set;
        }
    }
    return {};
}

Result<> FactsReader::read_memory() {
    facts_.memory = TRY(memory());
    facts_.hugepages = tree_.child(tree_.child(Tree::root, "memoryBacking"), "hugepages") != no_node;
    const NodeId binding = tree_.child(tree_.child(Tree::root, "numatune"), "memory");
    if (binding == no_node) return {};
    facts_.memory_nodes = TRY(cpus(binding, "nodeset"));
    const std::string_view mode = tree_.value(binding, "mode");
    facts_.strict_memory = mode.empty() || mode == "strict";
    if (tree_.value(binding, "placement") == "auto") facts_.automatic_placement = true;
    return {};
}

Result<plan::NicFacts> FactsReader::nic(NodeId interface) const {
    plan::NicFacts nic;
    nic.mac = lower_case(tree_.value(tree_.child(interface, "mac"), "address"));
    nic.type = tree_.value(interface, "type");
    nic.model = tree_.value(tree_.child(interface, "model"), "type");
    const NodeId driver = tree_.child(interface, "driver");
    if (const Attribute *name = tree_.attribute(driver, "name"); name != nullptr) nic.driver = name->value;
    nic.queues = TRY(number(driver, "queues"));
    nic.mtu = TRY(number(tree_.child(interface, "mtu"), "size"));
    return nic;
}

Result<> FactsReader::read_devices() {
    for (const NodeId devices : tree_.children(Tree::root, "devices")) {
        for (const NodeId interface : tree_.children(devices, "interface")) facts_.nics.push_back(TRY(nic(interface)));
    }
    facts_.agent_channel = TRY(value_of(document_, "channel/org.kvmtune.agent.0")).has_value();
    return {};
}

Result<plan::DomainFacts> FactsReader::read() {
    facts_.uuid = document_.uuid();
    facts_.name = text_of("name");
    facts_.title = text_of("title");
    facts_.type = tree_.value(Tree::root, "type");
    facts_.machine = tree_.value(tree_.child(tree_.child(Tree::root, "os"), "type"), "machine");
    facts_.policy_tags = policy_tags_in(document_);
    TRY(read_vcpus());
    TRY(read_pins());
    TRY(read_memory());
    TRY(read_devices());
    return std::move(facts_);
}

}  // namespace

Result<plan::DomainFacts> facts_of(const Document &document) {
    return FactsReader(document).read();
}

}  // namespace kvmtune::domain
