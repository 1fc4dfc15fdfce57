// <os><type machine='...'>: which chipset the guest has. It is only ever changed from i440FX to Q35, and all devices
// with it; the way back is the whole document from before.
#include "daemon/domain/elements/keys.hpp"
#include "daemon/domain/elements/kind.hpp"
#include "daemon/domain/q35/conversion.hpp"

namespace kvmtune::domain {

namespace {

Result<plan::Value> machine_value(const Document &document, const std::string &) {
    const Tree &tree = document.tree();
    return attribute_value(document, tree.child(tree.child(Tree::root, "os"), "type"), "machine");
}

Result<> put_machine(Draft &draft, const std::string &, const plan::Value &value) {
    if (value == plan::q35_machine) return q35::convert(draft, q35::Virtio::modern);
    if (value == plan::q35_with_older_virtio) return q35::convert(draft, q35::Virtio::transitional);
    return failure(ErrorKind::unsupported,
                   draft.document().name() + ": only the whole document from before gives its machine back");
}

}  // namespace

const ElementKind machine = {"os/machine", "", is_nothing, machine_value, put_machine};

}  // namespace kvmtune::domain
