#include "daemon/domain/elements/keys.hpp"

#include <algorithm>

#include "daemon/domain/values.hpp"
#include "daemon/domain/words.hpp"

namespace kvmtune::domain {

bool is_nothing(std::string_view key) {
    return key.empty();
}

bool is_number(std::string_view key) {
    const auto number = number_in(key);
    return number && std::to_string(*number) == key;
}

bool is_mac(std::string_view key) {
    return canonical_mac(key) == key;
}

bool is_disk_name(std::string_view key) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    return !key.empty() && key.size() <= 32 && std::all_of(key.begin(), key.end(), fits);
}

plan::Value attribute_value(const Document &document, NodeId id, std::string_view attribute) {
    const Attribute *found = document.tree().attribute(id, attribute);
    return found == nullptr ? plan::Value() : plan::Value(found->value);
}

NodeId child_or_fragment(Draft &draft, NodeId parent, const std::string &name, const std::string &fragment) {
    const NodeId found = draft.child(parent, name);
    return found != no_node ? found : draft.add(draft.place(parent, name), fragment);
}

NodeId child_or_bare(Draft &draft, NodeId parent, const std::string &name) {
    const NodeId found = draft.child(parent, name);
    return found != no_node ? found : draft.make(parent, name);
}

}  // namespace kvmtune::domain
