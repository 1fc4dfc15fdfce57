// <cputune>: the pins of vCPUs and of QEMU's own threads.
#include "daemon/domain/elements/kind.hpp"
#include "daemon/domain/words.hpp"

namespace kvmtune::domain {

namespace {

Result<plan::Value> cpuset_of(const Document &document, NodeId pin) {
    const Attribute *cpuset = document.tree().attribute(pin, "cpuset");
    if (cpuset == nullptr) return document.error_at(document.tree()[pin].start_tag.begin, "a pin without a cpuset");
    return plan::Value(cpuset->value);
}

NodeId cputune_in(Draft &draft) {
    const NodeId found = draft.child(Tree::root, "cputune");
    return found != no_node ? found : draft.make(Tree::root, "cputune");
}

bool is_vcpu(std::string_view key) {
    const auto number = number_in(key);
    return number && std::to_string(*number) == key;
}

/// The pin of a vCPU, or no_node; one that is there twice is an error.
Result<NodeId> vcpupin_in(const Document &document, const std::string &vcpu) {
    const auto found = document.index().vcpupins.find(number_in(vcpu).value_or(0));
    if (found == document.index().vcpupins.end()) return no_node;
    if (found->second.size() == 1) return found->second.front();
    return document.error_at(document.tree()[found->second[1]].start_tag.begin, "a second pin of this vCPU");
}

Result<plan::Value> vcpupin_value(const Document &document, const std::string &vcpu) {
    const NodeId pin = TRY(vcpupin_in(document, vcpu));
    if (pin == no_node) return plan::Value();
    return cpuset_of(document, pin);
}

/// Behind the pin of the next lower vCPU that has one.
Where place_of_vcpupin(Draft &draft, unsigned vcpu) {
    const auto &pins = draft.document().index().vcpupins;
    const auto higher = pins.lower_bound(vcpu);
    if (higher == pins.begin()) return draft.place(cputune_in(draft), "vcpupin");
    const NodeId lower = std::prev(higher)->second.back();
    return {draft.document().tree()[lower].parent, Where::At::behind, lower};
}

Result<> put_vcpupin(Draft &draft, const std::string &vcpu, const plan::Value &value) {
    NodeId pin = TRY(vcpupin_in(draft.document(), vcpu));
    if (!value) {
        draft.remove(pin);
        return {};
    }
    if (pin == no_node) {
        pin = draft.add(place_of_vcpupin(draft, number_in(vcpu).value_or(0)), "vcpupin");
        draft.set(pin, "vcpu", vcpu);
    }
    draft.set(pin, "cpuset", *value);
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
    if (pin == no_node) return plan::Value();
    return cpuset_of(document, pin);
}

Result<> put_emulatorpin(Draft &draft, const std::string &, const plan::Value &value) {
    NodeId pin = TRY(emulatorpin_in(draft.document()));
    if (!value) {
        draft.remove(pin);
        return {};
    }
    if (pin == no_node) pin = draft.add(draft.place(cputune_in(draft), "emulatorpin"), "emulatorpin");
    draft.set(pin, "cpuset", *value);
    return {};
}

bool is_empty(std::string_view key) {
    return key.empty();
}

}  // namespace

const ElementKind vcpupin = {"cputune/vcpupin/", "", is_vcpu, vcpupin_value, put_vcpupin};
const ElementKind emulatorpin = {"cputune/emulatorpin", "", is_empty, emulatorpin_value, put_emulatorpin};

}  // namespace kvmtune::domain
