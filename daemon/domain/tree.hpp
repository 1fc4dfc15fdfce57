// What a domain document says and where in its bytes it says so: elements with decoded names, values and text, each
// with the byte ranges of its tags and attributes. All that reads or edits a document works on this; libxml2 is not
// seen here.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kvmtune::domain {

/// Bytes of the document from begin up to, not including, end.
struct Span {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;

    [[nodiscard]] bool empty() const { return begin == end; }
    bool operator==(const Span &) const = default;
};

/// The namespace of xmlns and xmlns:prefix, as in the DOM.
inline constexpr std::string_view declaration_space = "http://www.w3.org/2000/xmlns/";

struct Attribute {
    std::string name;   ///< without prefix
    std::string space;  ///< namespace URI; empty if it has none; declaration_space if it declares one
    std::string value;  ///< UTF-8, references replaced; as written in a declaration
    Span whole;         ///< from the name to behind the closing quote
    Span raw;           ///< between the quotes
};

/// An element's number: its place in document order; the root is 0.
using NodeId = std::uint32_t;
inline constexpr NodeId no_node = ~NodeId{0};

struct Node {
    std::string name;   ///< without prefix
    std::string space;  ///< namespace URI; empty if it has none
    std::string text;   ///< its own text and CDATA, one after the other, UTF-8
    NodeId parent = no_node;
    NodeId first_child = no_node;
    NodeId last_child = no_node;
    NodeId next = no_node;  ///< sibling
    std::uint32_t first_attribute = 0;
    std::uint32_t attribute_count = 0;
    Span start_tag;          ///< "<name ...>" or "<name .../>"
    Span end_tag;            ///< "</name>"; empty, behind the start tag, if that closes itself
    Span name_in_tag;        ///< the name with its prefix in the start tag
    bool has_other = false;  ///< a comment, a processing instruction or text other than blanks is directly in it

    [[nodiscard]] bool closes_itself() const { return end_tag.empty(); }
    [[nodiscard]] Span whole() const { return {start_tag.begin, end_tag.end}; }
};

class Tree {
  public:
    static constexpr NodeId root = 0;

    [[nodiscard]] const Node &operator[](NodeId id) const { return nodes[id]; }
    [[nodiscard]] NodeId size() const { return static_cast<NodeId>(nodes.size()); }
    /// An element's attributes and namespace declarations in document order.
    [[nodiscard]] std::span<const Attribute> attributes_of(NodeId id) const;
    /// The attribute of this name without namespace, or nullptr.
    [[nodiscard]] const Attribute *attribute(NodeId id, std::string_view name) const;
    /// Its value; empty if there is none.
    [[nodiscard]] std::string_view value(NodeId id, std::string_view name) const;
    /// All children, in document order.
    [[nodiscard]] std::vector<NodeId> children(NodeId id) const;
    /// The children of this name without namespace, in document order.
    [[nodiscard]] std::vector<NodeId> children(NodeId id, std::string_view name) const;
    /// The first of them, or no_node. An id of no_node has no children.
    [[nodiscard]] NodeId child(NodeId id, std::string_view name) const;
    /// Whether it is the element of this name without namespace.
    [[nodiscard]] bool is(NodeId id, std::string_view name) const;

    std::vector<Node> nodes;  ///< in document order
    std::vector<Attribute> attributes;
};

}  // namespace kvmtune::domain
