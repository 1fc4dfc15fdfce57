#include "daemon/domain/layout.hpp"

#include "daemon/domain/words.hpp"

namespace kvmtune::domain {

namespace {

bool is_space(char c) {
    return c == ' ' || c == '\t';
}

}  // namespace

Layout::Layout(const Document &document) : document_(&document), bytes_(document.bytes()) {
    const std::size_t end = bytes_.find('\n');
    line_end_ = end != npos && end > 0 && bytes_[end - 1] == '\r' ? "\r\n" : "\n";
    step_ = step_in_document();
}

/// The first child that is indented deeper than its parent shows the step.
std::string Layout::step_in_document() const {
    const Tree &tree = document_->tree();
    for (NodeId id = 1; id < tree.size(); ++id) {
        const auto inner = indentation_before(tree[id].start_tag.begin);
        const auto outer = indentation_before(tree[tree[id].parent].start_tag.begin);
        if (inner && tree[id].parent == Tree::root && !outer) return std::string(*inner);
        if (inner && outer && inner->starts_with(*outer)) return std::string(inner->substr(outer->size()));
    }
    return "  ";
}

/// The blanks between the start of the line and this byte, if there is nothing else.
std::optional<std::string_view> Layout::indentation_before(std::uint32_t offset) const {
    std::size_t begin = offset;
    while (begin > 0 && is_space(bytes_[begin - 1])) --begin;
    const bool at_start =
        begin == 0 || bytes_[begin - 1] == '\n' || (begin == 3 && bytes_.starts_with(byte_order_mark));
    if (!at_start) return std::nullopt;
    return bytes_.substr(begin, offset - begin);
}

/// The offset of the line end, if only blanks and comments stand between this byte and it.
std::optional<std::uint32_t> Layout::line_end_behind(std::uint32_t offset) const {
    std::size_t at = offset;
    while (at < bytes_.size()) {
        if (bytes_[at] == '\n' || bytes_.substr(at, 2) == "\r\n") return static_cast<std::uint32_t>(at);
        if (bytes_.substr(at, 4) == "<!--") {
            const std::size_t close = bytes_.find("-->", at + 4);
            if (bytes_.substr(at, close - at).find('\n') != npos) return std::nullopt;
            at = close + 3;
        } else if (is_space(bytes_[at])) {
            ++at;
        } else {
            return std::nullopt;
        }
    }
    return std::nullopt;
}

std::string Layout::line_end_at(std::uint32_t offset) const {
    return bytes_[offset] == '\r' ? "\r\n" : "\n";
}

std::string Layout::child_indentation(NodeId parent, NodeId neighbour) const {
    const Tree &tree = document_->tree();
    if (neighbour != no_node) {
        if (const auto own = indentation_before(tree[neighbour].start_tag.begin)) return std::string(*own);
    }
    return std::string(indentation_before(tree[parent].start_tag.begin).value_or("")) + step_;
}

Spot Layout::behind(NodeId sibling) const {
    const Node &node = document_->tree()[sibling];
    const auto end = line_end_behind(node.end_tag.end);
    if (!end) return {node.end_tag.end, std::nullopt};
    return {*end, line_end_at(*end) + child_indentation(node.parent, sibling)};
}

Spot Layout::first_in(NodeId parent) const {
    const Node &node = document_->tree()[parent];
    const auto end = line_end_behind(node.start_tag.end);
    if (!end) return {node.start_tag.end, std::nullopt};
    return {*end, line_end_at(*end) + child_indentation(parent, node.first_child)};
}

Spot Layout::last_in(NodeId parent) const {
    const Node &node = document_->tree()[parent];
    std::uint32_t begin = node.end_tag.begin;
    while (begin > node.start_tag.end && is_blank(bytes_[begin - 1])) --begin;
    const auto end = line_end_behind(begin);
    if (!end || *end >= node.end_tag.begin) return {begin, std::nullopt};
    return {*end, line_end_at(*end) + child_indentation(parent, node.last_child)};
}

Spot Layout::inside_closed(NodeId parent) const {
    const Node &node = document_->tree()[parent];
    const std::uint32_t slash = node.start_tag.end - 2;
    const auto own = indentation_before(node.start_tag.begin);
    if (!own) return {slash, std::nullopt};
    return {slash, line_end_ + std::string(*own) + step_};
}

Span Layout::line_of(NodeId id) const {
    const Span whole = document_->tree()[id].whole();
    const auto indentation = indentation_before(whole.begin);
    std::size_t end = whole.end;
    while (end < bytes_.size() && is_space(bytes_[end])) ++end;
    const bool ends_line = end < bytes_.size() && (bytes_[end] == '\n' || bytes_.substr(end, 2) == "\r\n");
    if (!indentation || !ends_line || indentation->size() == whole.begin) return whole;
    std::size_t begin = whole.begin - indentation->size() - 1;
    if (begin > 0 && bytes_[begin - 1] == '\r') --begin;
    return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
}

std::optional<std::string> Layout::line_start_of(NodeId id) const {
    const auto indentation = indentation_before(document_->tree()[id].start_tag.begin);
    if (!indentation) return std::nullopt;
    return line_end_ + std::string(*indentation);
}

}  // namespace kvmtune::domain
