#include "daemon/domain/draft.hpp"

#include <functional>
#include <utility>

namespace kvmtune::domain {

Draft::Draft(const Document &document, const Fragments &fragments)
    : document_(document), tree_(document.tree()), fragments_(fragments), layout_(document) {}

NodeId Draft::child(NodeId parent, std::string_view name) const {
    if (const auto made = made_.find({parent, std::string(name)}); made != made_.end()) return made->second;
    if (is_new(parent)) return no_node;
    for (NodeId id = tree_[parent].first_child; id != no_node; id = tree_[id].next) {
        if (tree_.is(id, name) && !is_removed(id)) return id;
    }
    return no_node;
}

bool Draft::is_removed(NodeId id) const {
    for (; id != no_node; id = tree_[id].parent) {
        if (const auto changed = changed_.find(id); changed != changed_.end() && changed->second.removed) return true;
    }
    return false;
}

Where Draft::place(NodeId parent, std::string_view name) const {
    if (is_new(parent)) return {parent, Where::At::last, no_node};
    return place_for(tree_, parent, name);
}

NodeId Draft::put(const Where &where, New element) {
    const auto id = static_cast<NodeId>(tree_.size() + new_.size());
    made_.emplace(std::pair(where.parent, element.name), id);
    new_.push_back(std::move(element));
    if (is_new(where.parent)) {
        fresh(where.parent).children.push_back(id);
    } else {
        changed_[where.parent].added.emplace_back(where, id);
    }
    return id;
}

NodeId Draft::make(NodeId parent, const std::string &name) {
    return put(place(parent, name), {name, {}, std::nullopt, {}});
}

NodeId Draft::add(const Where &where, const std::string &fragment) {
    const std::string &text = fragments_.text(fragment);
    return put(where, {name_of(text), text, std::map<std::string, std::string>(), {}});
}

void Draft::add_text(const Where &where, const std::string &text) {
    put(where, {{}, text, std::nullopt, {}});
}

void Draft::set(NodeId id, const std::string &attribute, const std::string &value) {
    if (is_new(id)) {
        (*fresh(id).holes)[attribute] = value;
    } else {
        changed_[id].values.emplace_back(attribute, value);
    }
}

void Draft::drop(NodeId id, const std::string &attribute) {
    if (tree_.attribute(id, attribute) != nullptr) changed_[id].dropped.insert(attribute);
}

void Draft::remove(NodeId id) {
    if (std::exchange(changed_[id].removed, true)) return;
    ++changed_[tree_[id].parent].removed_children;
}

void Draft::replace(NodeId id, const std::string &text) {
    changed_[id].replacement = text;
}

bool Draft::has_children(NodeId id, const Changed &changed) const {
    if (tree_[id].has_other || !changed.added.empty()) return true;
    std::size_t left = 0;
    for (NodeId child = tree_[id].first_child; child != no_node; child = tree_[child].next) ++left;
    return left > changed.removed_children;
}

bool Draft::has_attributes(NodeId id, const Changed &changed) const {
    return !changed.values.empty() || tree_[id].attribute_count > changed.dropped.size();
}

Draft::Restored Draft::end_tag_mark(NodeId id) const {
    const Node &node = tree_[id];
    if (node.closes_itself()) return Restored::no;
    const std::uint32_t name_end = node.end_tag.begin + 2 + (node.name_in_tag.end - node.name_in_tag.begin);
    const std::string_view blanks =
        std::string_view(document_.bytes()).substr(name_end, node.end_tag.end - 1 - name_end);
    if (blanks == " ") return Restored::closing_itself;
    if (blanks == "\t") return Restored::closing_with_attributes;
    return is_container(node) && blanks.ends_with("  ") ? Restored::empty : Restored::no;
}

bool Draft::has_attribute_mark(NodeId id) const {
    const auto attributes = tree_.attributes_of(id);
    const std::uint32_t name_end = tree_[id].name_in_tag.end;
    return !attributes.empty() && attributes.front().whole.begin == name_end + 2 &&
           document_.bytes().compare(name_end, 2, "  ") == 0;
}

bool Draft::goes_away(NodeId id, const Changed &changed) const {
    const Restored mark = end_tag_mark(id);
    const bool may_go = mark == Restored::no || mark == Restored::closing_with_attributes;
    return may_go && is_container(tree_[id]) && !has_attributes(id, changed) && !has_attribute_mark(id);
}

/// Children come before their parents, which may be empty only then.
void Draft::settle() {
    std::set<NodeId, std::greater<>> left_less;
    for (const auto &[id, changed] : changed_) {
        if (changed.removed_children > 0 || !changed.dropped.empty()) left_less.insert(id);
    }
    while (!left_less.empty()) {
        const NodeId id = *left_less.begin();
        left_less.erase(left_less.begin());
        Changed &changed = changed_[id];
        if (changed.removed || changed.replacement || has_children(id, changed)) continue;
        if (!goes_away(id, changed)) {
            changed.restored = changed.removed_children > 0 ? end_tag_mark(id) : Restored::no;
        } else if (tree_[id].parent != no_node) {
            remove(id);
            left_less.insert(tree_[id].parent);
        }
    }
}

Result<Document> Draft::finish() {
    if (changed_.empty()) return document_;
    settle();
    std::string bytes = TRY(splices().applied_to(document_.bytes()));
    return Document::parse(std::move(bytes), document_.name());
}

}  // namespace kvmtune::domain
