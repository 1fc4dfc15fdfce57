// A draft's edits as splices of the document's bytes.
#include <algorithm>

#include "daemon/domain/draft.hpp"
#include "daemon/domain/words.hpp"

namespace kvmtune::domain {

Splices Draft::splices() const {
    Splices splices;
    std::uint32_t covered = 0;
    for (const auto &[id, changed] : changed_) {
        const Node &node = tree_[id];
        if (node.start_tag.begin < covered) continue;
        if (changed.removed) {
            splices.add(layout_.line_of(id), "");
            covered = node.end_tag.end;
        } else if (changed.replacement) {
            splices.add(node.whole(), laid_out(*changed.replacement, layout_.line_start_of(id)));
            covered = node.end_tag.end;
        } else {
            splice_attributes(id, changed, splices);
            splice_children(id, changed, splices);
            splice_restored(id, changed, splices);
            splice_marks(id, changed, splices);
            if (closes_again(changed)) covered = node.end_tag.end;
        }
    }
    return splices;
}

void Draft::splice_attributes(NodeId id, const Changed &changed, Splices &splices) const {
    const auto attributes = tree_.attributes_of(id);
    for (std::size_t i = 0; i < attributes.size(); ++i) {
        const Attribute &attribute = attributes[i];
        if (!attribute.space.empty()) continue;
        if (changed.dropped.contains(attribute.name)) {
            splices.add(dropped_span(id, i, changed), "");
        } else if (const auto value = std::find_if(changed.values.begin(), changed.values.end(),
                                                   [&](const auto &each) { return each.first == attribute.name; });
                   value != changed.values.end() && value->second != attribute.value) {
            splices.add(attribute.raw,
                        escaped(value->second, document_.encoding(), document_.bytes()[attribute.raw.begin - 1]));
        }
    }
    if (const std::string added = added_attributes(id, changed); !added.empty()) {
        const Node &node = tree_[id];
        std::uint32_t end = node.start_tag.end - (node.closes_itself() ? 2 : 1);
        while (is_blank(document_.bytes()[end - 1])) --end;
        splices.add({end, end}, added);
    }
}

/// An attribute goes with the blanks before it; the first of those that stay keeps the blanks behind the element's
/// name.
Span Draft::dropped_span(NodeId id, std::size_t place, const Changed &changed) const {
    const auto attributes = tree_.attributes_of(id);
    const auto stays = [&](const Attribute &each) {
        return !each.space.empty() || !changed.dropped.contains(each.name);
    };
    const Span whole = attributes[place].whole;
    bool stays_before = false;
    bool stays_behind = false;
    for (std::size_t i = 0; i < attributes.size(); ++i) {
        if (stays(attributes[i])) (i < place ? stays_before : stays_behind) = true;
    }
    if (!stays_before && stays_behind) return {whole.begin, attributes[place + 1].whole.begin};
    return {place == 0 ? tree_[id].name_in_tag.end : attributes[place - 1].whole.end, whole.end};
}

std::string Draft::added_attributes(NodeId id, const Changed &changed) const {
    const auto attributes = tree_.attributes_of(id);
    const char quote = attributes.empty() ? '\'' : document_.bytes()[attributes.back().raw.begin - 1];
    const Node &node = tree_[id];
    const bool was_bare = is_container(node) && attributes.empty() && node.first_child == no_node && !node.has_other;
    std::string out;
    for (const auto &[name, value] : changed.values) {
        if (tree_.attribute(id, name) != nullptr) continue;
        out += (was_bare && out.empty() ? "  " : " ") + name + '=' + quote +
               escaped(value, document_.encoding(), quote) + quote;
    }
    return out;
}

Spot Draft::spot_of(const Where &where) const {
    if (tree_[where.parent].closes_itself()) return layout_.inside_closed(where.parent);
    switch (where.at) {
        case Where::At::first:
            return layout_.first_in(where.parent);
        case Where::At::behind:
            return layout_.behind(where.sibling);
        case Where::At::last:
            break;
    }
    return layout_.last_in(where.parent);
}

void Draft::splice_children(NodeId id, const Changed &changed, Splices &splices) const {
    if (changed.added.empty()) return;
    const Node &node = tree_[id];
    if (!node.closes_itself()) {
        for (const auto &[where, child] : changed.added) {
            const Spot spot = spot_of(where);
            splices.add({spot.offset, spot.offset}, rendered(new_[child - tree_.size()], spot.line_start));
        }
        const bool was_empty =
            is_container(node) && node.attribute_count == 0 && node.first_child == no_node && !node.has_other;
        if (was_empty) splices.add({node.end_tag.end - 1, node.end_tag.end - 1}, "  ");
        return;
    }
    const Spot inside = layout_.inside_closed(id);
    std::string content = ">";
    for (const auto &[where, child] : changed.added) content += rendered(new_[child - tree_.size()], inside.line_start);
    if (inside.line_start) content += inside.line_start->substr(0, inside.line_start->size() - layout_.step().size());
    const Span name = node.name_in_tag;
    const char *mark = is_container(node) && node.attribute_count > 0 ? "\t" : " ";
    content += "</" + document_.bytes().substr(name.begin, name.end - name.begin) + mark + ">";
    splices.add({inside.offset, node.start_tag.end}, content);
}

void Draft::splice_restored(NodeId id, const Changed &changed, Splices &splices) const {
    const Node &node = tree_[id];
    if (closes_again(changed)) splices.add({node.start_tag.end - 1, node.end_tag.end}, "/>");
    if (changed.restored == Restored::empty) splices.add({node.end_tag.end - 3, node.end_tag.end - 1}, "");
}

/// The name of the element that a text starts with.
std::string Draft::name_of(const std::string &text) {
    return text.substr(1, text.find_first_of(" \t\r\n/>") - 1);
}

/// A fragment's text with the element's children behind its own.
std::string Draft::with_children(std::string text, const New &element,
                                 const std::optional<std::string> &line_start) const {
    std::string end_tag = "</" + element.name + ">";
    const std::size_t end = text.ends_with("/>") ? text.size() - 2 : text.rfind("</");
    const bool closes_itself = text.ends_with("/>");
    if (!closes_itself) end_tag = text.substr(end);
    text.erase(text.find_last_not_of(" \t\r\n", end - 1) + 1);
    if (closes_itself) text += '>';
    std::optional<std::string> inner = line_start;
    if (inner) *inner += layout_.step();
    for (const NodeId child : element.children) text += rendered(new_[child - tree_.size()], inner);
    return text + line_start.value_or("") + end_tag;
}

/// What an element without attributes and children was goes over to the other mark when only one of the two is left.
void Draft::splice_marks(NodeId id, const Changed &changed, Splices &splices) const {
    const Node &node = tree_[id];
    const bool attributes_left = node.attribute_count > changed.dropped.size();
    const bool was_bare = changed.restored == Restored::closing_itself || changed.restored == Restored::empty;
    if (is_container(node) && was_bare && attributes_left && !has_attribute_mark(id))
        splices.add({node.name_in_tag.end, node.name_in_tag.end}, " ");
    const bool attributes_gone = !changed.dropped.empty() && !attributes_left && changed.values.empty();
    const Restored mark = end_tag_mark(id);
    const bool has_mark = mark == Restored::closing_itself || mark == Restored::empty;
    if (!attributes_gone || has_mark || node.closes_itself() || !has_attribute_mark(id) || !has_children(id, changed))
        return;
    const std::uint32_t name_end = node.end_tag.begin + 2 + (node.name_in_tag.end - node.name_in_tag.begin);
    splices.add({name_end, node.end_tag.end - 1}, mark == Restored::closing_with_attributes ? " " : "  ");
}

std::string Draft::rendered(const New &element, const std::optional<std::string> &line_start) const {
    const std::string start = line_start.value_or("");
    if (element.holes) {
        std::string text = laid_out(filled(element.text, *element.holes, document_.encoding()), line_start);
        return start + (element.children.empty() ? text : with_children(std::move(text), element, line_start));
    }
    if (!element.text.empty()) return start + laid_out(element.text, line_start);
    std::optional<std::string> inner = line_start;
    if (inner) *inner += layout_.step();
    std::string out = start + "<" + element.name + ">";
    for (const NodeId child : element.children) out += rendered(new_[child - tree_.size()], inner);
    return out + start + "</" + element.name + ">";
}

/// Lines that are indented by two blanks a level, with the document's line ends and indentation, or on one line.
std::string Draft::laid_out(const std::string &text, const std::optional<std::string> &line_start) const {
    std::string out;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t end = std::min(text.find('\n', from), text.size());
        const std::size_t begin = std::min(text.find_first_not_of(" \t", from), end);
        if (from > 0 && line_start) {
            out += *line_start;
            for (std::size_t level = 0; level < (begin - from) / 2; ++level) out += layout_.step();
        } else if (from > 0 && begin < end && !(out.ends_with('>') && text[begin] == '<')) {
            out += ' ';
        }
        out += text.substr(begin, end - begin);
        from = end + 1;
    }
    return out;
}

}  // namespace kvmtune::domain
