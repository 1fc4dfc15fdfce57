#include "daemon/domain/elements.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "daemon/domain/elements/kind.hpp"
#include "daemon/domain/words.hpp"

namespace kvmtune::domain {

namespace {

/// In the order in which edits are made: what stands first in its parent comes first, users of a controller before it,
/// and a virtio-serial controller before the port that it sits in.
const std::array kinds = {&machine,        &hugepages,      &vcpupin,           &emulatorpin,   &iothreadpin,
                          &memory_mode,    &memory_nodeset, &memory_of_cells,   &cpu_mode,      &cpu_check,
                          &cpu_migratable, &cpu_topology,   &cpu_cache,         &cpu_feature,   &cpu_numa,
                          &disk_cache,     &disk_io,        &driver_name,       &driver_queues, &driver_rx_queue_size,
                          &interface_mtu,  &agent_channel,  &serial_controller, &root_port,     &vhost_worker};

/// A name taken apart: which kind it is and the key in it.
struct Element {
    std::size_t kind = 0;
    std::string key;
};

std::optional<Element> element_named(const std::string &name) {
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        const ElementKind &kind = *kinds[i];
        if (name.size() < kind.prefix.size() + kind.suffix.size()) continue;
        if (!name.starts_with(kind.prefix) || !name.ends_with(kind.suffix)) continue;
        const std::string key = name.substr(kind.prefix.size(), name.size() - kind.prefix.size() - kind.suffix.size());
        if (kind.is_key(key)) return Element{i, key};
    }
    return std::nullopt;
}

Result<Element> known_element(const Document &document, const std::string &name) {
    auto element = element_named(name);
    if (!element) return failure(ErrorKind::unsupported, document.name() + ": no element that kvmtune knows: " + name);
    return *element;
}

struct Step {
    Element element;
    const Edit *edit = nullptr;
};

/// The edits that change something, in the order in which to make them; of controllers and pins the lower number first,
/// except for PCI ports, which go from the last.
Result<std::vector<Step>> steps_of(const Document &document, const std::vector<Edit> &edits) {
    std::vector<Step> steps;
    std::set<std::string_view> seen;
    for (const Edit &edit : edits) {
        const Element element = TRY(known_element(document, edit.element));
        if (!seen.insert(edit.element).second) {
            return failure(ErrorKind::invalid, document.name() + ": two edits of " + edit.element);
        }
        if (edit.value && first_bad_byte(*edit.value, Encoding::utf8)) {
            return failure(ErrorKind::invalid, document.name() + ": XML cannot carry the value of " + edit.element);
        }
        if (TRY(kinds[element.kind]->value(document, element.key)) != edit.value) steps.push_back({element, &edit});
    }
    std::stable_sort(steps.begin(), steps.end(), [](const Step &left, const Step &right) {
        if (left.element.kind != right.element.kind) return left.element.kind < right.element.kind;
        const unsigned a = number_in(left.element.key).value_or(0);
        const unsigned b = number_in(right.element.key).value_or(0);
        return kinds[left.element.kind] == &root_port ? a > b : a < b;
    });
    return steps;
}

}  // namespace

bool is_element(const std::string &element) {
    return element_named(element).has_value();
}

Result<plan::Value> value_of(const Document &document, const std::string &element) {
    const Element found = TRY(known_element(document, element));
    return kinds[found.kind]->value(document, found.key);
}

Result<Document> with(const Document &document, const std::vector<Edit> &edits, const Fragments &fragments) {
    Draft draft(document, fragments);
    TRY(put(draft, edits));
    return draft.finish();
}

Result<> put(Draft &draft, const std::vector<Edit> &edits) {
    for (const Step &step : TRY(steps_of(draft.document(), edits)))
        TRY(kinds[step.element.kind]->put(draft, step.element.key, step.edit->value));
    return {};
}

std::vector<Edit> edits_of(const std::vector<plan::Change> &changes) {
    std::vector<Edit> edits;
    for (const auto &change : changes)
        if (!worker_named(change.target.name)) edits.push_back({change.target.name, change.to});
    return edits;
}

}  // namespace kvmtune::domain
