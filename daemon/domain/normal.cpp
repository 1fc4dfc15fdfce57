#include "daemon/domain/normal.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

#include "daemon/domain/draft.hpp"
#include "daemon/domain/elements.hpp"
#include "daemon/domain/encoding.hpp"
#include "daemon/domain/metadata.hpp"
#include "daemon/domain/words.hpp"
#include "daemon/plan/plan.hpp"

namespace kvmtune::domain {

namespace {

std::tuple<const std::string &, const std::string &> name_of(const Node &node) {
    return {node.space, node.name};
}

/// Children in a form that does not depend on how libvirt or a person sorts them: by name, those of one name as they
/// stand. libvirt reads its own elements name by name, so only the order within a name counts; what others store under
/// their own namespaces stays as it is.
std::vector<NodeId> sorted_children(const Tree &tree, NodeId id) {
    std::vector<NodeId> children = tree.children(id);
    if (!tree[id].space.empty()) return children;
    std::stable_sort(children.begin(), children.end(),
                     [&](NodeId left, NodeId right) { return name_of(tree[left]) < name_of(tree[right]); });
    return children;
}

std::vector<const Attribute *> sorted_attributes(const Tree &tree, NodeId id) {
    std::vector<const Attribute *> out;
    for (const Attribute &each : tree.attributes_of(id)) {
        if (each.space != declaration_space) out.push_back(&each);
    }
    std::sort(out.begin(), out.end(), [](const Attribute *left, const Attribute *right) {
        return std::tie(left->space, left->name) < std::tie(right->space, right->name);
    });
    return out;
}

bool same_attributes(const Tree &left, NodeId a, const Tree &right, NodeId b) {
    const auto first = sorted_attributes(left, a);
    const auto second = sorted_attributes(right, b);
    return std::equal(first.begin(), first.end(), second.begin(), second.end(),
                      [](const Attribute *x, const Attribute *y) {
                          return x->space == y->space && x->name == y->name && x->value == y->value;
                      });
}

/// Runs of blanks as one, none at the ends.
std::string squeezed(std::string_view text) {
    std::string out;
    for (const char c : trimmed(text)) {
        if (!is_blank(c)) {
            out += c;
        } else if (!out.ends_with(' ')) {
            out += ' ';
        }
    }
    return out;
}

bool same_text(const Node &left, const Node &right) {
    if (left.text == right.text) return true;
    if (left.first_child == no_node && !all_blank(left.text)) return false;
    return squeezed(left.text) == squeezed(right.text);
}

bool same_element(const Tree &left, NodeId a, const Tree &right, NodeId b) {
    if (name_of(left[a]) != name_of(right[b]) || !same_text(left[a], right[b])) return false;
    if (!same_attributes(left, a, right, b)) return false;
    const auto first = sorted_children(left, a);
    const auto second = sorted_children(right, b);
    return std::equal(first.begin(), first.end(), second.begin(), second.end(),
                      [&](NodeId x, NodeId y) { return same_element(left, x, right, y); });
}

/// What gives held elements their originals back.
Result<std::vector<Edit>> edits_back(const Document &document, const plan::Holds &holds) {
    std::vector<Edit> edits;
    for (const auto &[target, hold] : holds) {
        if (plan::is_machine(target)) continue;
        const auto now = value_of(document, target.name);
        if (!now && now.error().kind == ErrorKind::not_found) continue;
        if (!now) return tl::unexpected<Error>(now.error());
        if (!is_ours(target, hold, *now)) continue;
        edits.push_back({target.name, hold.original});
    }
    return edits;
}

/// virtio-serial controllers before the ports that they sit in, and of those the highest number first.
bool goes_first(const std::string &left, const std::string &right) {
    const auto rank = [](const std::string &controller) {
        return std::tuple(controller[11] == 'v', controller.size(), controller);
    };
    return rank(left) > rank(right);
}

}  // namespace

bool same_meaning(const Document &left, const Document &right) {
    return same_element(left.tree(), Tree::root, right.tree(), Tree::root);
}

Result<Document> without_us(const Document &document) {
    const plan::Holds holds = TRY(holds_in(document));
    auto edits = TRY(edits_back(document, holds));
    const auto controllers = taken_controllers(edits);
    const Document bare = TRY(with_tuned(document, {}));
    return without_unused(TRY(with(bare, edits)), controllers);
}

Result<Document> renamed(const Document &document, const std::string &name) {
    const NodeId old = document.tree().child(Tree::root, "name");
    if (old == no_node || trimmed(document.tree()[old].text) == name) return document;
    const Fragments fragments = Fragments::built_in();
    Draft draft(document, fragments);
    draft.replace(old, "<name>" + escaped(name, document.encoding(), '"') + "</name>");
    return draft.finish();
}

std::vector<std::string> taken_controllers(std::vector<Edit> &edits) {
    std::vector<std::string> controllers;
    for (const Edit &edit : edits)
        if (edit.element.starts_with("controller/") && !edit.value) controllers.push_back(edit.element);
    std::erase_if(edits, [&](const Edit &edit) {
        return std::find(controllers.begin(), controllers.end(), edit.element) != controllers.end();
    });
    return controllers;
}

Result<Document> without_unused(Document document, std::vector<std::string> controllers) {
    std::sort(controllers.begin(), controllers.end(), goes_first);
    for (const std::string &controller : controllers) {
        auto less = with(document, {Edit{controller, std::nullopt}});
        if (!less && less.error().kind != ErrorKind::busy) return less;
        if (less) document = *std::move(less);
    }
    return document;
}

}  // namespace kvmtune::domain
