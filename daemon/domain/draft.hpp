// Edits on their way into a document. They are collected as if made on the elements and become splices of the bytes at
// the end, all at once, so that a document is read once before and once after, however many edits there are.
//
// An element that exists to hold others (<cputune>, <driver>, <metadata>, <devices>) is made when it is missing and
// goes away when it is left with nothing. One that somebody wrote empty must not go away with what we put into it, so
// it gets a mark that no reader of XML sees:
//   <cputune/>           is  <cputune>...</cputune >    a blank in the end tag: it closed itself
//   <cputune></cputune>  is  <cputune>...</cputune  >   two blanks: it was empty
//   <cpu mode='x'/>      is  <cpu mode='x'>...</cpu\t>  a tab: it closed itself, and goes without its attributes
//   <driver/>            is  <driver  name='vhost'/>    two blanks before the first attribute: it had none
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "daemon/domain/document.hpp"
#include "daemon/domain/fragment.hpp"
#include "daemon/domain/layout.hpp"
#include "daemon/domain/order.hpp"
#include "daemon/domain/splices.hpp"

namespace kvmtune::domain {

class Draft {
  public:
    /// On a document and fragments that must outlive it.
    Draft(const Document &document, const Fragments &fragments);

    [[nodiscard]] const Document &document() const { return document_; }
    /// The first child of this name without namespace as the document will be; it may be one that we add.
    [[nodiscard]] NodeId child(NodeId parent, std::string_view name) const;
    /// Whether the element goes away by remove(), with or inside another.
    [[nodiscard]] bool is_removed(NodeId id) const;

    /// Adds an element without anything in it yet, at the place for its name.
    NodeId make(NodeId parent, const std::string &name);
    /// Adds an element from the fragment of this name. Its holes are filled by set(); children come behind its own.
    NodeId add(const Where &where, const std::string &fragment);
    /// Adds an element from its text: lines ended by "\n", indented by two blanks.
    void add_text(const Where &where, const std::string &text);
    /// The place for a child of this name in an element of the document or a new one.
    [[nodiscard]] Where place(NodeId parent, std::string_view name) const;

    /// Gives an attribute a value; in an element from a fragment, fills the hole of this name.
    void set(NodeId id, const std::string &attribute, const std::string &value);
    /// Removes an attribute of the document.
    void drop(NodeId id, const std::string &attribute);
    /// Removes an element of the document.
    void remove(NodeId id);
    /// Puts another text in the place of an element of the document, as for add_text().
    void replace(NodeId id, const std::string &text);

    /// The document with all of it, read again.
    [[nodiscard]] Result<Document> finish();

  private:
    struct New {
        std::string name;
        std::string text;                                         ///< empty for one from make()
        std::optional<std::map<std::string, std::string>> holes;  ///< of one from a fragment
        std::vector<NodeId> children;
    };
    enum class Restored { no, closing_itself, closing_with_attributes, empty };
    struct Changed {
        bool removed = false;
        Restored restored = Restored::no;
        std::optional<std::string> replacement;
        std::vector<std::pair<std::string, std::string>> values;  ///< by attribute, in the order of the edits
        std::set<std::string> dropped;
        std::vector<std::pair<Where, NodeId>> added;  ///< new children
        std::size_t removed_children = 0;
    };
    [[nodiscard]] bool is_new(NodeId id) const { return id >= tree_.size(); }
    [[nodiscard]] New &fresh(NodeId id) { return new_[id - tree_.size()]; }
    NodeId put(const Where &where, New element);

    // What becomes of the elements that edits left empty.
    void settle();
    [[nodiscard]] bool goes_away(NodeId id, const Changed &changed) const;
    [[nodiscard]] bool has_children(NodeId id, const Changed &changed) const;
    [[nodiscard]] bool has_attributes(NodeId id, const Changed &changed) const;
    [[nodiscard]] Restored end_tag_mark(NodeId id) const;
    [[nodiscard]] bool has_attribute_mark(NodeId id) const;
    [[nodiscard]] static bool closes_again(const Changed &changed) {
        return changed.restored == Restored::closing_itself || changed.restored == Restored::closing_with_attributes;
    }

    // The splices, in draft_splices.cpp.
    [[nodiscard]] Splices splices() const;
    void splice_attributes(NodeId id, const Changed &changed, Splices &splices) const;
    void splice_children(NodeId id, const Changed &changed, Splices &splices) const;
    void splice_restored(NodeId id, const Changed &changed, Splices &splices) const;
    void splice_marks(NodeId id, const Changed &changed, Splices &splices) const;
    [[nodiscard]] Span dropped_span(NodeId id, std::size_t place, const Changed &changed) const;
    [[nodiscard]] std::string added_attributes(NodeId id, const Changed &changed) const;
    [[nodiscard]] Spot spot_of(const Where &where) const;
    [[nodiscard]] static std::string name_of(const std::string &text);
    [[nodiscard]] std::string with_children(std::string text, const New &element,
                                            const std::optional<std::string> &line_start) const;
    [[nodiscard]] std::string rendered(const New &element, const std::optional<std::string> &line_start) const;
    [[nodiscard]] std::string laid_out(const std::string &text, const std::optional<std::string> &line_start) const;

    const Document &document_;
    const Tree &tree_;
    const Fragments &fragments_;
    Layout layout_;
    std::vector<New> new_;
    std::map<std::pair<NodeId, std::string>, NodeId> made_;
    std::map<NodeId, Changed> changed_;
};

}  // namespace kvmtune::domain
