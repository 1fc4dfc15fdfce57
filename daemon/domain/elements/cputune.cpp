// <cputune>: the pins of vCPUs, of I/O threads and of QEMU's other threads.
#include <iterator>
#include <map>

#include "daemon/domain/elements/keys.hpp"
#include "daemon/domain/elements/kind.hpp"
#include "daemon/domain/words.hpp"

namespace kvmtune::domain {

namespace {

/// Pins of one kind by the number of their thread, in document order.
using Pins = std::map<unsigned, std::vector<NodeId>>;

Result<plan::Value> cpuset_of(const Document &document, NodeId pin) {
    if (pin == no_node) return plan::Value();
    const auto cpuset = attribute_value(document, pin, "cpuset");
    if (!cpuset) return document.error_at(document.tree()[pin].start_tag.begin, "a pin without a cpuset");
    return cpuset;
}

Pins iothreadpins_in(const Document &document) {
    const Tree &tree = document.tree();
    Pins pins;
    for (const NodeId cputune : tree.children(Tree::root, "cputune")) {
        for (const NodeId pin : tree.children(cputune, "iothreadpin"))
            if (const auto thread = number_in(tree.value(pin, "iothread"))) pins[*thread].push_back(pin);
    }
    return pins;
}

/// The pin of this number, or no_node; one that is there twice is an error.
Result<NodeId> pin_in(const Document &document, const Pins &pins, const std::string &key, const std::string &thread) {
    const auto found = pins.find(number_in(key).value_or(0));
    if (found == pins.end()) return no_node;
    if (found->second.size() == 1) return found->second.front();
    return document.error_at(document.tree()[found->second[1]].start_tag.begin, "a second pin of this " + thread);
}

/// Behind the pin of the next lower number that has one.
Where place_of(Draft &draft, const Pins &pins, unsigned number, const std::string &name) {
    const auto higher = pins.lower_bound(number);
    if (higher == pins.begin()) return draft.place(child_or_bare(draft, Tree::root, "cputune"), name);
    const NodeId lower = std::prev(higher)->second.back();
    return {draft.document().tree()[lower].parent, Where::At::behind, lower};
}

/// Puts a pin, or takes it away; key_attribute names its thread.
void put_pin(Draft &draft, const Pins &pins, NodeId pin, const std::string &name, const std::string &key_attribute,
             const std::string &key, const plan::Value &value) {
    if (!value) {
        draft.remove(pin);
        return;
    }
    if (pin == no_node) {
        pin = draft.add(place_of(draft, pins, number_in(key).value_or(0), name), name);
        draft.set(pin, key_attribute, key);
    }
    draft.set(pin, "cpuset", *value);
}

Result<plan::Value> vcpupin_value(const Document &document, const std::string &vcpu) {
    const NodeId pin = TRY(pin_in(document, document.index().vcpupins, vcpu, "vCPU"));
    return cpuset_of(document, pin);
}

Result<> put_vcpupin(Draft &draft, const std::string &vcpu, const plan::Value &value) {
    const Pins &pins = draft.document().index().vcpupins;
    const NodeId pin = TRY(pin_in(draft.document(), pins, vcpu, "vCPU"));
    put_pin(draft, pins, pin, "vcpupin", "vcpu", vcpu, value);
    return {};
}

Result<plan::Value> iothreadpin_value(const Document &document, const std::string &thread) {
    const NodeId pin = TRY(pin_in(document, iothreadpins_in(document), thread, "I/O thread"));
    return cpuset_of(document, pin);
}

Result<> put_iothreadpin(Draft &draft, const std::string &thread, const plan::Value &value) {
    const Pins pins = iothreadpins_in(draft.document());
    const NodeId pin = TRY(pin_in(draft.document(), pins, thread, "I/O thread"));
    put_pin(draft, pins, pin, "iothreadpin", "iothread", thread, value);
    return {};
}

/// The pin of QEMU's threads, or no_node; a second one is an error.
Result<NodeId> emulatorpin_in(const Document &document) {
    const Tree &tree = document.tree();
    NodeId found = no_node;
    for (const NodeId cputune : tree.children(Tree::root, "cputune")) {
        for (const NodeId pin : tree.children(cputune, "emulatorpin")) {
            if (found != no_node) return document.error_at(tree[pin].start_tag.begin, "a second emulatorpin");
            found = pin;
        }
    }
    return found;
}

Result<plan::Value> emulatorpin_value(const Document &document, const std::string &) {
    const NodeId pin = TRY(emulatorpin_in(document));
    return cpuset_of(document, pin);
}

Result<> put_emulatorpin(Draft &draft, const std::string &, const plan::Value &value) {
    NodeId pin = TRY(emulatorpin_in(draft.document()));
    if (!value) {
        draft.remove(pin);
        return {};
    }
    if (pin == no_node) {
        const NodeId cputune = child_or_bare(draft, Tree::root, "cputune");
        pin = draft.add(draft.place(cputune, "emulatorpin"), "emulatorpin");
    }
    draft.set(pin, "cpuset", *value);
    return {};
}

}  // namespace

const ElementKind vcpupin = {"cputune/vcpupin/", "", is_number, vcpupin_value, put_vcpupin};
const ElementKind emulatorpin = {"cputune/emulatorpin", "", is_nothing, emulatorpin_value, put_emulatorpin};
const ElementKind iothreadpin = {"cputune/iothreadpin/", "", is_number, iothreadpin_value, put_iothreadpin};

}  // namespace kvmtune::domain
