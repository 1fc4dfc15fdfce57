// <os><type machine='...'>: which chipset the guest has. It is only ever changed from i440FX to Q35, and all devices
// with it; the way back is the whole document from before.
#include <algorithm>

#include "daemon/domain/elements/keys.hpp"
#include "daemon/domain/elements/kind.hpp"
#include "daemon/domain/q35/conversion.hpp"
#include "daemon/domain/q35/machines.hpp"

namespace kvmtune::domain {

namespace {

Result<plan::Value> machine_value(const Document &document, const std::string &) {
    const Tree &tree = document.tree();
    return attribute_value(document, tree.child(tree.child(Tree::root, "os"), "type"), "machine");
}

Result<> put_machine(Draft &draft, const std::string &, const plan::Value &value) {
    const std::string wanted = value.value_or("");
    const auto end = std::min(wanted.find(plan::with_older_virtio), wanted.size());
    const auto virtio = end == wanted.size() ? q35::Virtio::modern : q35::Virtio::transitional;
    if (q35::is_q35(wanted.substr(0, end))) return q35::convert(draft, wanted.substr(0, end), virtio);
    return failure(ErrorKind::unsupported,
                   draft.document().name() + ": only the whole document from before gives its machine back");
}

}  // namespace

const ElementKind machine = {"os/machine", "", is_nothing, machine_value, put_machine};

}  // namespace kvmtune::domain
