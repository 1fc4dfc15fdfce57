// How a document is laid out around an element: where a new one goes and with what indentation and line end, and which
// bytes are the line of one that goes away. The two are made for each other, so that adding and then removing leaves
// the bytes as they were: what starts a line takes its line end and indentation with it, what stands among others on a
// line does not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/domain/document.hpp"

namespace kvmtune::domain {

/// A place for new elements.
struct Spot {
    std::uint32_t offset = 0;
    std::optional<std::string>
        line_start;  ///< line end and indentation for each; nullopt: one after the other on the line
};

class Layout {
  public:
    /// Of a document that must outlive it.
    explicit Layout(const Document &document);

    /// Behind a child and the comments on its line.
    [[nodiscard]] Spot behind(NodeId sibling) const;
    /// Before all children of an element that has an end tag.
    [[nodiscard]] Spot first_in(NodeId parent) const;
    /// Behind all children and comments of an element that has an end tag.
    [[nodiscard]] Spot last_in(NodeId parent) const;
    /// Inside an element that closes itself: its children's lines; the offset is that of its "/>".
    [[nodiscard]] Spot inside_closed(NodeId parent) const;
    /// The bytes that go away with an element.
    [[nodiscard]] Span line_of(NodeId id) const;
    /// Line end and indentation of an element that starts its line.
    [[nodiscard]] std::optional<std::string> line_start_of(NodeId id) const;
    /// One step of indentation.
    [[nodiscard]] const std::string &step() const { return step_; }

  private:
    [[nodiscard]] std::optional<std::string_view> indentation_before(std::uint32_t offset) const;
    [[nodiscard]] std::optional<std::uint32_t> line_end_behind(std::uint32_t offset) const;
    [[nodiscard]] std::string line_end_at(std::uint32_t offset) const;
    [[nodiscard]] std::string child_indentation(NodeId parent, NodeId neighbour) const;
    [[nodiscard]] std::string step_in_document() const;

    const Document *document_;
    std::string_view bytes_;
    std::string line_end_;
    std::string step_;
};

}  // namespace kvmtune::domain
