// The XML that we insert: libvirt XML with ${holes}, from the files of xml-templates/ that are embedded at build time.
// An administrator's file of the same name takes the place of ours, if it has the same element and the same holes.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "daemon/domain/encoding.hpp"

namespace kvmtune::domain {

class Fragments {
  public:
    /// Those of xml-templates/, by file name without ".xml".
    [[nodiscard]] static const Fragments &built_in();

    /// These with one of them replaced by the text of a file. Errors (kind invalid, "file:line:column: cause"): no
    /// fragment of this name, not one well-formed element in ASCII, another element than ours, a hole that is not the
    /// whole value of an attribute, holes missing or unknown.
    [[nodiscard]] Result<Fragments> replaced(const std::string &name, const std::string &text,
                                             const std::string &file) const;
    /// The text of a fragment that is there, lines ended by "\n", without a line end behind the last.
    [[nodiscard]] const std::string &text(std::string_view name) const;
    [[nodiscard]] const std::map<std::string, std::string, std::less<>> &all() const { return texts_; }

  private:
    std::map<std::string, std::string, std::less<>> texts_;
};

/// A fragment's text with its holes filled, for a document of this encoding. An attribute whose hole has no value is
/// left out.
[[nodiscard]] std::string filled(const std::string &text, const std::map<std::string, std::string> &values,
                                 Encoding encoding);

}  // namespace kvmtune::domain
